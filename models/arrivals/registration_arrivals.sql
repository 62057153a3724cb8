{{ config(
    materialized='incremental',
    on_schema_change='append_new_columns',
    full_refresh=false
) }}

-- The day of the first delivery that held each registration. Rows are only added: what a delivery holds for the first
-- time is from its day on, and nobody can find that out later. Without a delivery_date nothing is added.
with checked as (

    select * from {{ ref('int_registrations_checked') }}

    where rejection_reason is null

),

final as (

    select
        checked.advisor_crd,
        checked.firm_crd,
        checked.started_date,
        {{ delivery_day() }} as first_delivered_date

    from checked

    {%- if is_incremental() %}

    left join {{ this }} as archived
        on
            checked.advisor_crd = archived.advisor_crd
            and checked.firm_crd = archived.firm_crd
            and checked.started_date = archived.started_date
    {%- endif %}

    where {{ 'true' if is_delivery_dated() else 'false' }} {{ 'and archived.advisor_crd is null' if is_incremental() }}

)

select * from final
