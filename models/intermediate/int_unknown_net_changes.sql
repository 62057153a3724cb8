{{ config(materialized='view') }}

-- The far end of the net-change window is counted by the days of the movements: of those, what became known only after
-- the day. Empty unless a movement was later than the window is long.
with firm_at_day as (

    select * from {{ ref('int_firm_at_day') }}

),

late_movements as (

    select * from {{ ref('int_late_movements') }}

),

final as (

    select
        firm_at_day.advisor_crd,
        firm_at_day.as_of_date,
        sum(late_movements.headcount_change) as net_change

    from firm_at_day

    inner join late_movements
        on
            firm_at_day.firm_crd = late_movements.firm_crd
            and {{ unknown_before_window(
                'late_movements.moved_date', 'late_movements.known_date', 'firm_at_day.as_of_date',
                whole_number_var('firm_net_change_months')
            ) }}

    group by firm_at_day.advisor_crd, firm_at_day.as_of_date

)

select * from final
