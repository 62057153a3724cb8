-- Careers in which a later start was known before an earlier one: what was known of their order changed afterwards. For
-- each day on which more became known, the career as it was known from then on, until the next such day.
with registrations as (

    select * from {{ ref('int_registrations') }}

),

overtaken as (

    select distinct late.advisor_crd

    from registrations as late

    inner join registrations as overtaking
        on
            late.advisor_crd = overtaking.advisor_crd
            and late.known_date > overtaking.known_date
            and (
                late.started_date < overtaking.started_date
                or (late.started_date = overtaking.started_date and late.firm_crd < overtaking.firm_crd)
            )

    -- a start that was known on its day is never overtaken: most registrations are left out here
    where late.known_date > late.started_date

),

known_days as (

    select distinct
        registrations.advisor_crd,
        registrations.known_date

    from registrations

    inner join overtaken on registrations.advisor_crd = overtaken.advisor_crd

),

spans as (

    select
        advisor_crd,
        known_date,
        lead(known_date) over (
            partition by advisor_crd
            order by known_date
        ) as superseded_date

    from known_days

),

final as (

    select
        registrations.advisor_crd,
        registrations.firm_crd,
        registrations.started_date,
        spans.known_date,
        spans.superseded_date

    from spans

    inner join registrations
        on spans.advisor_crd = registrations.advisor_crd and spans.known_date >= registrations.known_date

)

select * from final
