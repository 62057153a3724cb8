{{ config(materialized='view') }}

-- The advisor's own part in the net change of the firm: an own arrival does not show how the firm does, and would leak
-- the advisor's own move.
with firm_at_day as (

    select * from {{ ref('int_firm_at_day') }}

),

movements as (

    select * from {{ ref('int_firm_movements') }}

),

final as (

    select
        firm_at_day.advisor_crd,
        firm_at_day.as_of_date,
        sum(movements.headcount_change) as net_change

    from firm_at_day

    inner join movements
        on
            firm_at_day.firm_crd = movements.firm_crd
            and firm_at_day.advisor_crd = movements.advisor_crd
            and {{ known_within(
                'movements.moved_date', 'movements.known_date', 'firm_at_day.as_of_date',
                whole_number_var('firm_net_change_months')
            ) }}

    group by firm_at_day.advisor_crd, firm_at_day.as_of_date

)

select * from final
