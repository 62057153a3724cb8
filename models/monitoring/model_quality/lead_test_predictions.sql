-- Predictions of the promoted model for leads that it had not learned from, beside their outcomes.
with scores as (

    select * from {{ ref('unseen_lead_scores') }}

),

leads as (

    select * from {{ ref('lead_training_set') }}

),

final as (

    select
        scores.prediction_id,
        leads.lead_id,
        leads.contacted_date,
        leads.label,
        leads.contacted_date <= scores.judged_until_date as is_of_test_period,
        scores.lead_score,
        scores.uncalibrated_score,
        scores.model_version

    from scores

    inner join leads on scores.prediction_id = leads.prediction_id

)

select * from final
