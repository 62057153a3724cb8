-- Of the at-contact firm on the day: what its headcount by the days of the movements holds, and nobody knew yet. Only firms
-- with late movements are asked; as in int_firm_headcounts, one running sum gives all answers.
with firm_at_day as (

    select * from {{ ref('int_firm_at_day') }}

),

late_movements as (

    select * from {{ ref('int_late_movements') }}

),

late_firms as (

    select distinct firm_crd from late_movements

),

-- each late movement comes in by its own day, and is known when it counts
time_line as (

    select
        firm_crd,
        moved_date as event_date,
        0 as sort_order,
        headcount_change as unknown_change,
        cast(null as date) as known_moved_date,
        cast(null as {{ dbt.type_string() }}) as prediction_id

    from late_movements

    union all

    select
        firm_crd,
        counted_date as event_date,
        0 as sort_order,
        0 - headcount_change as unknown_change,
        moved_date as known_moved_date,
        cast(null as {{ dbt.type_string() }}) as prediction_id

    from late_movements

    union all

    select
        firm_at_day.firm_crd,
        {{ known_until('firm_at_day.as_of_date') }} as event_date,
        1 as sort_order,
        0 as unknown_change,
        cast(null as date) as known_moved_date,
        firm_at_day.prediction_id

    from firm_at_day

    inner join late_firms on firm_at_day.firm_crd = late_firms.firm_crd

),

running as (

    select
        prediction_id,
        sum(unknown_change) over firm_until_here as unknown_change,
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
