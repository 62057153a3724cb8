-- The advisor's own path: where she works, for how long, and how often she moved.
with spine as (

    select
        prediction_id,
        advisor_crd,
        as_of_date

    from {{ ref('int_prediction_spine') }}

),

registrations as (

    select * from {{ ref('int_registrations') }}

),

firm_changes as (

    select * from {{ ref('int_firm_changes') }}

),

known_registrations as (

    select
        spine.prediction_id,
        registrations.firm_crd,
        registrations.started_date,
        -- the latest start decides, and the firm's key between starts of one day
        first_value(registrations.firm_crd) over (
            partition by spine.prediction_id
            order by registrations.started_date desc, registrations.firm_crd desc
        ) as current_firm_crd

    from spine

    inner join registrations
        on
            spine.advisor_crd = registrations.advisor_crd
            and {{ known_as_of('registrations.started_date', 'spine.as_of_date') }}

),

summarised as (

    select
        prediction_id,
        current_firm_crd,
        min(started_date) as first_started_date,
        max(started_date) as current_started_date,
        count(distinct case when firm_crd != current_firm_crd then firm_crd end) as prior_firm_count

    from known_registrations

    group by prediction_id, current_firm_crd

),

moves as (

    select
        spine.prediction_id,
        count(*) as move_count

    from spine

    inner join firm_changes
        on
            spine.advisor_crd = firm_changes.advisor_crd
            and firm_changes.is_move
            and {{ known_within(
                'firm_changes.started_date', 'spine.as_of_date', whole_number_var('moves_window_months')
            ) }}
            -- a registration of the last days may still be pending
            and firm_changes.started_date
            <= {{ days_before('spine.as_of_date', whole_number_var('moves_recent_days_excluded')) }}

    group by spine.prediction_id

),

final as (

    select
        spine.prediction_id,
        summarised.current_firm_crd as firm_crd,
        {{ whole_months_between('summarised.current_started_date', 'spine.as_of_date') }}
            as current_firm_tenure_months,
        {{ whole_months_between('summarised.first_started_date', 'spine.as_of_date') }}
            as industry_tenure_months,
        cast(summarised.prior_firm_count as {{ dbt.type_bigint() }}) as num_prior_firms,
        -- with a known registration, no move found means none; without one, nothing is known
        cast(
            case when summarised.prediction_id is not null then coalesce(moves.move_count, 0) end
            as {{ dbt.type_bigint() }}
        ) as pit_moves_3yr,
        summarised.current_started_date as registrations_newest_source_date

    from spine

    left join summarised on spine.prediction_id = summarised.prediction_id

    left join moves on spine.prediction_id = moves.prediction_id

)

select * from final
