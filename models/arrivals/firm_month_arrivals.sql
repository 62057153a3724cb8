{{ config(
    materialized='incremental',
    on_schema_change='append_new_columns',
    full_refresh=false
) }}

-- The day of the first delivery that held each firm month.
with checked as (

    select * from {{ ref('int_firm_months_checked') }}

),

final as (
    {{ first_deliveries('checked', ['firm_crd', 'month_start_date']) }}
)

select * from final
