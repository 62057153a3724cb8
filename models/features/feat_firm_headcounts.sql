-- The headcount of the at-contact firm on the day (is_now) and where the net-change window opens.
--
-- Each firm is one time line on which its movements and our questions stand in order, so one pass
-- of a running sum answers every question: the work grows with rows, not with rows times leads.
with spine as (

    select * from {{ ref('int_prediction_spine') }}

),

registrations as (

    select * from {{ ref('feat_registrations') }}

),

subjects as (

    select
        spine.prediction_id,
        registrations.firm_crd,
        {{ days_before('spine.as_of_date', whole_number_var('fintrx_lag_days')) }} as known_until_date,
        {{ months_before('spine.as_of_date', whole_number_var('firm_net_change_months')) }} as window_open_date

    from spine

    inner join registrations on spine.prediction_id = registrations.prediction_id

    where registrations.firm_crd is not null

),

movements as (

    select * from {{ ref('int_firm_movements') }}

),

-- movements of a day come before the questions of that day: a start on the contact day is known
time_line as (

    select
        firm_crd,
        moved_date as event_date,
        0 as sort_order,
        headcount_change,
        moved_date,
        cast(null as {{ dbt.type_string() }}) as prediction_id,
        false as is_now

    from movements

    union all

    select
        firm_crd,
        known_until_date as event_date,
        1 as sort_order,
        0 as headcount_change,
        cast(null as date) as moved_date,
        prediction_id,
        true as is_now

    from subjects

    union all

    select
        firm_crd,
        least(window_open_date, known_until_date) as event_date,
        1 as sort_order,
        0 as headcount_change,
        cast(null as date) as moved_date,
        prediction_id,
        false as is_now

    from subjects

),

running as (

    select
        prediction_id,
        is_now,
        sum(headcount_change) over firm_until_here as headcount,
        max(moved_date) over firm_until_here as newest_moved_date

    from time_line

    window firm_until_here as (
        partition by firm_crd
        order by event_date, sort_order
        range between unbounded preceding and current row
    )

),

final as (

    select * from running where prediction_id is not null

)

select * from final
