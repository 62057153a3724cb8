-- One row per delivered registration, with the reason when it cannot be used.
with current_registrations as (

    select * from {{ ref('stg_fintrx__current_registrations') }}

),

past_registrations as (

    select * from {{ ref('stg_fintrx__past_registrations') }}

),

-- the history holds past registrations only: without the current one, "latest firm" would be
-- a firm that the advisor is known to have left
delivered as (

    select
        'ria_contacts_current' as source_table,
        advisor_crd,
        firm_crd,
        started_date

    from current_registrations

    union all

    select
        'contact_registered_employment_history' as source_table,
        advisor_crd,
        firm_crd,
        started_date

    from past_registrations

),

numbered as (

    select
        *,
        row_number() over (
            partition by advisor_crd, firm_crd, started_date
            order by source_table desc
        ) as copy_number

    from delivered

),

final as (

    select
        source_table,
        advisor_crd,
        firm_crd,
        started_date,
        case
            when advisor_crd is null then 'no advisor'
            when not {{ is_crd('advisor_crd') }} then 'impossible advisor CRD'
            when firm_crd is null then 'no firm'
            when not {{ is_crd('firm_crd') }} then 'impossible firm CRD'
            when started_date is null then 'no start date'
            when started_date < {{ day_var('earliest_plausible_date') }} then 'impossible start date'
            when copy_number > 1 then 'duplicate registration'
        end as rejection_reason

    from numbered

)

select * from final
