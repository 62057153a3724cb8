-- The headcount of the at-contact firm on the day (is_now) and where the net-change window opens.
--
-- A firm's movements and the days to count on are put into one order, so that one running sum gives
-- every headcount: the work grows with the rows, not with rows times leads.
with firm_at_day as (

    select * from {{ ref('int_firm_at_day') }}

    where firm_crd is not null

),

movements as (

    select
        *,
        {{ counted_date('moved_date', 'known_date') }} as counted_date

    from {{ ref('int_firm_movements') }}

),

-- movements of a day come before the counts of that day: a start on the contact day is known
time_line as (

    select
        firm_crd,
        moved_date as event_date,
        0 as sort_order,
        headcount_change,
        case when counted_date = moved_date then moved_date end as moved_date,
        cast(null as {{ dbt.type_string() }}) as prediction_id,
        false as is_now

    from movements

    {% for is_now, asked_date in [
        ('true', known_until('as_of_date')),
        ('false', known_before_window('as_of_date', whole_number_var('firm_net_change_months'))),
    ] %}
        union all

        select
            firm_crd,
            {{ asked_date }} as event_date,
            1 as sort_order,
            0 as headcount_change,
            cast(null as date) as moved_date,
            prediction_id,
            {{ is_now }} as is_now

        from firm_at_day
    {% endfor %}
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

-- Two clocks: the headcount of the day leaves out what was not known yet, the one of the far end goes by the days
final as (

    select
        running.prediction_id,
        running.is_now,
        running.headcount - coalesce(late.unknown_change, 0) as headcount,
        case
            when late.newest_moved_date > running.newest_moved_date or running.newest_moved_date is null then late.newest_moved_date
            else running.newest_moved_date
        end as newest_moved_date

    from running

    left join {{ ref('int_late_headcounts') }} as late on running.prediction_id = late.prediction_id and running.is_now

    where running.prediction_id is not null

)

select * from final
