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

-- Two clocks: the headcount of the day counts what was known by then, the one of the far end what had happened by
-- then. A movement that was delivered late has a place in the order for each.
time_line as (

    select
        firm_crd,
        moved_date as event_date,
        0 as sort_order,
        case when counted_date = moved_date then headcount_change else 0 end as known_change,
        headcount_change as happened_change,
        case when counted_date = moved_date then moved_date end as known_moved_date,
        cast(null as {{ dbt.type_string() }}) as prediction_id,
        false as is_now

    from movements

    union all

    select
        firm_crd,
        counted_date as event_date,
        0 as sort_order,
        headcount_change as known_change,
        0 as happened_change,
        moved_date as known_moved_date,
        cast(null as {{ dbt.type_string() }}) as prediction_id,
        false as is_now

    from movements

    where counted_date > moved_date

    -- movements of a day come before the counts of that day: a start on the contact day is known
    {% for is_now, asked_date in [
        ('true', known_until('as_of_date')),
        ('false', known_before_window('as_of_date', whole_number_var('firm_net_change_months'))),
    ] %}
        union all

        select
            firm_crd,
            {{ asked_date }} as event_date,
            1 as sort_order,
            0 as known_change,
            0 as happened_change,
            cast(null as date) as known_moved_date,
            prediction_id,
            {{ is_now }} as is_now

        from firm_at_day
    {% endfor %}
),

running as (

    select
        prediction_id,
        is_now,
        case when is_now then sum(known_change) over firm_until_here else sum(happened_change) over firm_until_here end as headcount,
        max(known_moved_date) over firm_until_here as newest_moved_date

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
