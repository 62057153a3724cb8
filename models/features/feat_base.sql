-- The feature groups side by side, one row per prediction: where a new group joins.
with spine as (

    select * from {{ ref('int_prediction_spine') }}

),

registrations as (

    select * from {{ ref('feat_registrations') }}

),

firm_people as (

    select * from {{ ref('feat_firm_people') }}

),

firm_aum as (

    select * from {{ ref('feat_firm_aum') }}

),

final as (

    select
        spine.prediction_id,
        spine.lead_id,
        spine.advisor_crd,
        registrations.firm_crd,
        spine.contacted_date,
        spine.as_of_date,
        firm_aum.pit_month,
        firm_aum.aum_growth_since_jan2024_pct,
        registrations.current_firm_tenure_months,
        firm_aum.firm_aum_pit,
        firm_people.firm_net_change_12mo,
        firm_people.firm_rep_count_at_contact,
        registrations.industry_tenure_months,
        registrations.num_prior_firms,
        registrations.pit_moves_3yr,
        greatest(
            registrations.registrations_newest_source_date, firm_people.firm_people_newest_source_date
        ) as newest_source_date

    from spine

    left join registrations on spine.prediction_id = registrations.prediction_id

    left join firm_people on spine.prediction_id = firm_people.prediction_id

    left join firm_aum on spine.prediction_id = firm_aum.prediction_id

)

select * from final
