-- One row per start at a firm other than the one before, the first firm of a career included.
with registrations as (

    select * from {{ ref('int_registrations') }}

),

-- same-day starts (dual registration) are put in order by the firm's key
with_previous_firm as (

    select
        advisor_crd,
        firm_crd,
        started_date,
        lag(firm_crd) over (
            partition by advisor_crd
            order by started_date, firm_crd
        ) as previous_firm_crd

    from registrations

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
            partition by advisor_crd
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
