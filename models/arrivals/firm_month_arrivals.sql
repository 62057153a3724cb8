{{ config(
    materialized='incremental',
    on_schema_change='append_new_columns',
    full_refresh=false
) }}

-- The day of the first delivery that held each firm month; rows are only added, as in registration_arrivals.
with checked as (

    select * from {{ ref('int_firm_months_checked') }}

    where rejection_reason is null

),

final as (

    select
        checked.firm_crd,
        checked.month_start_date,
        {{ delivery_day() }} as first_delivered_date

    from checked

    {%- if is_incremental() %}

    left join {{ this }} as archived
        on
            checked.firm_crd = archived.firm_crd
            and checked.month_start_date = archived.month_start_date
    {%- endif %}

    where {{ 'true' if is_delivery_dated() else 'false' }} {{ 'and archived.firm_crd is null' if is_incremental() }}

)

select * from final
