-- The day's scores by the challenger, beside what is published. No rows where there is none.
with features as (select * from {{ ref('lead_scoring_features') }}),

scores as (
    {% if var('challenger_version') %}
        select
            prediction_id,
            lead_score,
            uncalibrated_score,
            model_version,
            model_sha256

        from {{ ref('challenger_subject_scores') }}
    {% else %}
        select
            cast(null as {{ dbt.type_string() }}) as prediction_id,
            cast(null as {{ double_type() }}) as lead_score,
            cast(null as {{ double_type() }}) as uncalibrated_score,
            cast(null as {{ dbt.type_string() }}) as model_version,
            cast(null as {{ dbt.type_string() }}) as model_sha256
    {% endif %}
),

final as (

    select
        {{ day_var('score_date') }} as score_date,
        case when features.lead_id is null then 'prospects' else 'leads' end as population,
        features.lead_id,
        features.advisor_crd,
        scores.lead_score,
        cast(ntile(10) over (
            partition by features.lead_id is null
            order by scores.lead_score desc, scores.uncalibrated_score desc, scores.prediction_id asc
        ) as {{ dbt.type_bigint() }}) as score_decile,
        scores.model_version,
        scores.model_sha256

    from features

    inner join scores on features.prediction_id = scores.prediction_id

)

select * from final
