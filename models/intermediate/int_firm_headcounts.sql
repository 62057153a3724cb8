-- The headcount of each firm by the days of the movements, from each day on which it changed.
--
-- Nobody asks for a day before the first window opens: what happened until then is one opening balance a firm.
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

first_asked as (

    select min({{ known_before_window('as_of_date', whole_number_var('firm_net_change_months')) }}) as first_asked_date

    from firm_at_day

),

summed as (

    select
        movements.firm_crd,
        {{ opening_balance_date('movements.moved_date', 'first_asked.first_asked_date') }} as changed_date,
        sum(movements.headcount_change) as headcount_change,
        -- a late movement is the newest one only from the day on which it counts: int_late_headcounts
        max(case when movements.counted_date = movements.moved_date then movements.moved_date end) as newest_moved_date

    from movements

    cross join first_asked

    group by 1, 2

),

final as (

    select
        firm_crd,
        changed_date,
        cast(sum(headcount_change) over firm_until_here as {{ dbt.type_bigint() }}) as headcount,
        max(newest_moved_date) over firm_until_here as newest_moved_date

    from summed

    window firm_until_here as (
        partition by firm_crd
        order by changed_date
        rows between unbounded preceding and current row
    )

)

select * from final
