{{ config(
    materialized='incremental',
    on_schema_change='append_new_columns',
    full_refresh=false
) }}

-- The day of the first delivery that held each registration.
with checked as (

    select * from {{ ref('int_registrations_checked') }}

),

final as (
    {{ first_deliveries('checked', ['advisor_crd', 'firm_crd', 'started_date']) }}
)

select * from final
