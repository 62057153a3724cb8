-- How many advisors the firm has, and how many others it gained or lost within a year.
with firm_at_day as (

    select * from {{ ref('int_firm_at_day') }}

),

headcounts as (

    select * from {{ ref('int_firm_headcounts') }}

),

movements as (

    select * from {{ ref('int_firm_movements') }}

),

answers as (

    select
        prediction_id,
        sum(case when is_now then headcount else 0 end) as headcount_now,
        sum(case when is_now then headcount else 0 - headcount end) as net_change,
        max(case when is_now then newest_moved_date end) as newest_moved_date

    from headcounts

    group by prediction_id

),

-- the advisor's own arrival does not show how the firm does, and would leak the advisor's own move
own_movements as (

    select
        firm_at_day.prediction_id,
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

    group by firm_at_day.prediction_id

),

-- the far end of the window was counted by the days of the movements: what became known only after the contact goes out
unknown_movements as (

    select
        firm_at_day.prediction_id,
        sum(movements.headcount_change) as net_change

    from firm_at_day

    inner join {{ ref('int_late_movements') }} as movements
        on
            firm_at_day.firm_crd = movements.firm_crd
            and {{ unknown_before_window(
                'movements.moved_date', 'movements.known_date', 'firm_at_day.as_of_date',
                whole_number_var('firm_net_change_months')
            ) }}

    group by firm_at_day.prediction_id

),

final as (

    select
        firm_at_day.prediction_id,
        cast(answers.headcount_now as {{ dbt.type_bigint() }}) as firm_rep_count_at_contact,
        cast(
            answers.net_change + coalesce(unknown_movements.net_change, 0) - coalesce(own_movements.net_change, 0) as {{ dbt.type_bigint() }}
        ) as firm_net_change_12mo,
        answers.newest_moved_date as firm_people_newest_source_date

    from firm_at_day

    left join answers on firm_at_day.prediction_id = answers.prediction_id

    left join own_movements on firm_at_day.prediction_id = own_movements.prediction_id

    left join unknown_movements on firm_at_day.prediction_id = unknown_movements.prediction_id

)

select * from final
