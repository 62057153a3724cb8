{{ config(
    materialized='incremental',
    on_schema_change='append_new_columns',
    full_refresh=false
) }}

-- The day of the first delivery that held a figure of each firm month: the month may have come before without one.
with checked as (

    select * from {{ ref('int_firm_months_checked') }}

    where total_aum_usd is not null

),

final as (
    {{ first_deliveries('checked', ['firm_crd', 'month_start_date']) }}
)

select * from final
