-- The headcount of the at-contact firm on the day (is_now) and where the net-change window opens.
--
-- A firm's movements and the days to count on are put into one order, so that one running sum gives
-- every headcount: the work grows with the rows, not with rows times leads.
with firm_at_day as (

    select * from {{ ref('int_firm_at_day') }}

    where firm_crd is not null

),

movements as (

    select * from {{ ref('int_firm_movements') }}

),

questions as (

    select
        prediction_id,
        firm_crd,
        true as is_now,
        {{ known_until('as_of_date') }} as asked_date

    from firm_at_day

    union all

    select
        prediction_id,
        firm_crd,
        false as is_now,
        {{ known_before_window('as_of_date', whole_number_var('firm_net_change_months')) }} as asked_date

    from firm_at_day

),

-- movements of a day come before the counts of that day: a start on the contact day is known
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
        asked_date as event_date,
        1 as sort_order,
        0 as headcount_change,
        cast(null as date) as moved_date,
        prediction_id,
        is_now

    from questions

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
