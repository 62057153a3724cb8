-- Every feature of every prediction, as it was known on the day.
with base_features as (

    select * from {{ ref('feat_joined') }}

),

with_tier as (

    select
        *,
        case
            when pit_moves_3yr >= 3 then 'Highly Mobile'
            when pit_moves_3yr = 2 then 'Mobile'
            when pit_moves_3yr = 1 then 'Average'
            when current_firm_tenure_months < {{ whole_number_var('lifer_tenure_months') }} then 'Stable'
            when current_firm_tenure_months is not null then 'Lifer'
        end as pit_mobility_tier,
        -- average stay at earlier firms; at 0.1 months or less there is none to compare with
        (industry_tenure_months - current_firm_tenure_months)
        / cast(case when num_prior_firms > 1 then num_prior_firms else 1 end as {{ double_type() }})
            as prior_firm_tenure_months,
        {{ clip('firm_net_change_12mo', -100, 100) }} as firm_net_change_clipped,
        greatest(registrations_newest_source_date, firm_people_newest_source_date) as newest_source_date

    from base_features

),

with_ratios as (

    select
        *,
        case
            when prior_firm_tenure_months > 0.1 then current_firm_tenure_months / prior_firm_tenure_months
            when prior_firm_tenure_months <= 0.1 then cast(current_firm_tenure_months as {{ double_type() }})
        end as restlessness_ratio,
        pit_moves_3yr * (0 - firm_net_change_clipped) as flight_risk

    from with_tier

),

-- python_scoring/features/engineered.py computes the engineered features again for a single lead
with_engineered as (

    select
        *,
        {{ is_tier('Highly Mobile') }} as pit_mobility_tier_highly_mobile,
        {{ is_tier('Mobile') }} as pit_mobility_tier_mobile,
        {{ is_tier('Stable') }} as pit_mobility_tier_stable,
        {{ clip('restlessness_ratio', 0, 100) }} as pit_restlessness_ratio,
        cast({{ clip('flight_risk', -1000, 1000) }} as {{ dbt.type_bigint() }}) as flight_risk_score,
        cast(
            case
                when current_firm_tenure_months < {{ whole_number_var('fresh_start_months') }} then 1
                when current_firm_tenure_months is not null then 0
            end as {{ dbt.type_bigint() }}
        ) as is_fresh_start

    from with_ratios

),

-- what the yml describes is published, in its order: the contract is the list
final as (

    select {{ contract_columns('lead_scoring_features_pit') }}

    from with_engineered

)

select * from final
