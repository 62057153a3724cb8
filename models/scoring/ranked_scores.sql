-- The day's scores with their rank: leads among leads, prospects among prospects.
with scores as (select * from {{ ref(scoring_model()) }}),

features as (select * from {{ ref('lead_scoring_features') }}),

support as (select * from {{ ref('subject_support') }}),

bucket_ranges as (

    select
        *,
        -- no chance is above 1
        coalesce(lead(min_score) over (order by min_score), 2) as next_min_score

    from {{ ref('score_buckets') }}

),

-- BigQuery takes a range as the condition of an inner join only
bucketed as (

    select
        scores.prediction_id,
        bucket_ranges.score_bucket,
        bucket_ranges.action_recommended
    from scores
    inner join bucket_ranges on scores.lead_score >= bucket_ranges.min_score and scores.lead_score < bucket_ranges.next_min_score

),

joined as (

    select
        scores.*,
        features.lead_id,
        features.advisor_crd,
        features.contacted_date,
        features.as_of_date,
        features.pit_restlessness_ratio,
        features.flight_risk_score,
        features.is_fresh_start,
        bucketed.score_bucket,
        bucketed.action_recommended,
        support.support,
        support.support_leads,
        support.support_calls,
        support.unfamiliar_feature,
        scores.lead_score / scores.base_rate as lift_vs_base,
        coalesce(features.flight_risk_score > 0, false) as is_golden_cohort,
        features.lead_id is null as is_prospect

    from scores

    inner join features on scores.prediction_id = features.prediction_id

    inner join support on scores.prediction_id = support.prediction_id

    left join bucketed on scores.prediction_id = bucketed.prediction_id

),

numbered as (

    select
        *,
        count(*) over (partition by is_prospect) as population,
        -- where the calibration curve is flat, the booster's own score still ranks
        row_number() over (
            partition by is_prospect
            order by lead_score desc, uncalibrated_score desc, prediction_id asc
        ) as score_rank,
        row_number() over (
            partition by is_prospect
            order by
                {% if golden_first() %}is_golden_cohort desc,{% endif %} lead_score desc, uncalibrated_score desc,
                flight_risk_score desc nulls last, prediction_id asc
        ) as call_priority

    from joined

),

final as (

    select
        *,
        {% for place in range(1, 4) %}
            case
                when driver_{{ place }}_contribution > 0 then 'raises'
                when driver_{{ place }}_contribution < 0 then 'lowers'
            end as driver_{{ place }}_direction,
        {% endfor %}
        ntile(10) over (partition by is_prospect order by score_rank) as score_decile,
        100.0 * (population - score_rank + 1) / population as score_percentile

    from numbered

)

select * from final
