-- One row per start at a firm other than the one before, the first firm of a career included.
with careers as (

    select * from {{ ref('int_careers') }}

    -- registering again at the same firm changes nothing
    where previous_firm_crd is null or firm_crd != previous_firm_crd

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
            {{ days_between('lag(started_date) over career', 'started_date') }}
            > {{ whole_number_var('dual_registration_days') }},
            false
        ) as is_move

    from careers

    window career as (
        partition by advisor_crd, superseded_date
        order by started_date, firm_crd
    )

)

select * from final
