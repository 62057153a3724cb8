-- What the headcount of a firm by the days of the movements holds, and nobody knows yet: from each day on which that
-- changed. Only firms with late movements have any.
with late_movements as (

    select * from {{ ref('int_late_movements') }}

),

-- each late movement comes in by its own day, and is known when it counts
changes as (

    select
        firm_crd,
        moved_date as changed_date,
        headcount_change as unknown_change,
        cast(null as date) as known_moved_date

    from late_movements

    union all

    select
        firm_crd,
        counted_date as changed_date,
        0 - headcount_change as unknown_change,
        moved_date as known_moved_date

    from late_movements

),

summed as (

    select
        firm_crd,
        changed_date,
        sum(unknown_change) as unknown_change,
        max(known_moved_date) as known_moved_date

    from changes

    group by firm_crd, changed_date

),

final as (

    select
        firm_crd,
        changed_date,
        cast(sum(unknown_change) over firm_until_here as {{ dbt.type_bigint() }}) as unknown_change,
        max(known_moved_date) over firm_until_here as newest_moved_date

    from summed

    window firm_until_here as (
        partition by firm_crd
        order by changed_date
        rows between unbounded preceding and current row
    )

)

select * from final
