-- One row per start at a firm other than the one before, the first firm of a career included.
with overtaken_careers as (

    select * from {{ ref('int_overtaken_careers') }}

),

-- A career in which registrations became known in their order needs one reading: what was known on a day is its
-- beginning. Any other has one reading for each span of days, kept apart by superseded_date.
careers as (

    select
        registrations.advisor_crd,
        registrations.firm_crd,
        registrations.started_date,
        registrations.known_date,
        cast(null as date) as superseded_date,
        false as is_overtaken

    from {{ ref('int_registrations') }} as registrations

    where not exists (select 1 from overtaken_careers as overtaken where overtaken.advisor_crd = registrations.advisor_crd)

    union all

    select
        *,
        true as is_overtaken

    from overtaken_careers

),

-- same-day starts (dual registration) are put in order by the firm's key
with_previous_firm as (

    select
        *,
        lag(firm_crd) over (
            partition by advisor_crd, superseded_date
            order by started_date, firm_crd
        ) as previous_firm_crd

    from careers

),

changes as (

    select *

    from with_previous_firm

    -- registering again at the same firm changes nothing
    where previous_firm_crd is null or firm_crd != previous_firm_crd

),

with_previous_change as (

    select
        *,
        lag(started_date) over (
            partition by advisor_crd, superseded_date
            order by started_date, firm_crd
        ) as previous_change_date

    from changes

),

final as (

    select
        advisor_crd,
        firm_crd,
        previous_firm_crd,
        started_date,
        known_date,
        superseded_date,
        is_overtaken,

        -- two firms joined within days are one dual registration, hence one move; the rule
        -- looks back only, so what is a move today does not depend on what comes tomorrow
        coalesce(
            {{ days_between('previous_change_date', 'started_date') }}
            > {{ whole_number_var('dual_registration_days') }},
            false
        ) as is_move

    from with_previous_change

)

select * from final
