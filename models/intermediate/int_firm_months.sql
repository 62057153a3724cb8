{{ config(materialized='view') }}

-- The firm months that features may use.
select
    firm_crd,
    month_start_date,
    total_aum_usd

from {{ ref('int_firm_months_checked') }}

where rejection_reason is null
