-- The advisor's own registrations: the current firm, for how long, and how many moves.
with firm_at_day as (

    select * from {{ ref('int_firm_at_day') }}

),

firm_changes as (

    select * from {{ ref('int_firm_changes') }}

),

moves as (

    select
        firm_at_day.advisor_crd,
        firm_at_day.as_of_date,
        count(*) as move_count

    from firm_at_day

    inner join firm_changes
        on
            firm_at_day.advisor_crd = firm_changes.advisor_crd
            and firm_changes.is_move
            and {{ in_force_on('firm_changes.superseded_date', 'firm_at_day.as_of_date') }}
            -- a registration of the last days may still be pending
            and {{ known_within(
                'firm_changes.started_date', 'firm_changes.known_date', 'firm_at_day.as_of_date',
                whole_number_var('moves_window_months'),
                recent_days_excluded=whole_number_var('moves_recent_days_excluded')
            ) }}

    group by firm_at_day.advisor_crd, firm_at_day.as_of_date

),

final as (

    select
        firm_at_day.advisor_crd,
        firm_at_day.as_of_date,
        firm_at_day.firm_crd,
        {{ whole_months_between('firm_at_day.firm_started_date', 'firm_at_day.as_of_date') }}
            as current_firm_tenure_months,
        {{ whole_months_between('firm_at_day.first_started_date', 'firm_at_day.as_of_date') }}
            as industry_tenure_months,
        firm_at_day.prior_firm_count as num_prior_firms,
        -- with a known registration, no move found means none; without one, nothing is known
        cast(
            case when firm_at_day.firm_crd is not null then coalesce(moves.move_count, 0) end
            as {{ dbt.type_bigint() }}
        ) as pit_moves_3yr,
        firm_at_day.firm_started_date as registrations_newest_source_date

    from firm_at_day

    left join moves
        on firm_at_day.advisor_crd = moves.advisor_crd and firm_at_day.as_of_date = moves.as_of_date

)

select * from final
