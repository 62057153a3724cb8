-- The headcount of each firm, from each day on which it changed: as known then, and by the days of the movements.
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

-- Two clocks: a late movement changes one headcount on its day, the other one when it counts
changes as (

    select
        firm_crd,
        moved_date as changed_date,
        headcount_change,
        case when counted_date = moved_date then headcount_change else 0 end as known_change,
        case when counted_date = moved_date then moved_date end as known_moved_date

    from movements

    union all

    select
        firm_crd,
        counted_date as changed_date,
        0 as headcount_change,
        headcount_change as known_change,
        moved_date as known_moved_date

    from movements

    where counted_date > moved_date

),

summed as (

    select
        changes.firm_crd,
        {{ opening_balance_date('changes.changed_date', 'first_asked.first_asked_date') }} as changed_date,
        sum(changes.headcount_change) as headcount_change,
        sum(changes.known_change) as known_change,
        max(changes.known_moved_date) as known_moved_date

    from changes

    cross join first_asked

    group by 1, 2

),

final as (

    select
        firm_crd,
        changed_date,
        cast(sum(headcount_change) over firm_until_here as {{ dbt.type_bigint() }}) as headcount,
        cast(sum(known_change) over firm_until_here as {{ dbt.type_bigint() }}) as known_headcount,
        max(known_moved_date) over firm_until_here as newest_moved_date

    from summed

    window firm_until_here as (
        partition by firm_crd
        order by changed_date
        rows between unbounded preceding and current row
    )

)

select * from final
