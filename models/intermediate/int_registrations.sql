-- The registrations that features may use: what began, where and when, and from which day on that was known. No row
-- says when it ended.
with checked as (

    select * from {{ ref('int_registrations_checked') }}

),

known_days as (

    select * from {{ ref('int_known_days') }}

),

final as (

    select
        checked.advisor_crd,
        checked.firm_crd,
        checked.started_date,
        -- without an archive nothing is known of the vendor, and a start counts as known on its day
        coalesce(known_days.known_date, checked.started_date) as known_date,
        coalesce(known_days.known_date_source, 'assumed_prompt') as known_date_source

    from checked

    left join known_days
        on
            checked.advisor_crd = known_days.advisor_crd
            and checked.firm_crd = known_days.firm_crd
            and checked.started_date = known_days.started_date

    where checked.rejection_reason is null

)

select * from final
