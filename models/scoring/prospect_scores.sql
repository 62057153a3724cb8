{{ config(
    materialized='incremental',
    incremental_strategy='insert_overwrite' if target.type == 'bigquery' else 'delete+insert',
    unique_key=none if target.type == 'bigquery' else 'score_date',
    partition_by={'field': 'score_date', 'data_type': 'date'} if target.type == 'bigquery' else none,
    partitions=[day_var('score_date')] if target.type == 'bigquery' else none,
    require_partition_filter=true,
    cluster_by=['advisor_crd'] if target.type == 'bigquery' else none,
    on_schema_change='append_new_columns',
    full_refresh=false
) }}

-- The day's ranking of active advisors who are not in Salesforce. Other days are never touched.
with ranked_scores as (

    select * from {{ ref('ranked_scores') }}

),

final as (

    select
        advisor_crd,
        {{ day_var('score_date') }} as score_date,
        lead_score,
        score_bucket,
        action_recommended,
        uncalibrated_score,
        pit_restlessness_ratio,
        flight_risk_score,
        is_fresh_start,
        narrative,
        model_version,
        cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp) as scoring_timestamp,
        cast(score_decile as {{ dbt.type_bigint() }}) as score_decile,
        cast(score_percentile as {{ double_type() }}) as score_percentile,
        lift_vs_base,
        base_rate,
        is_golden_cohort,
        cast(call_priority as {{ dbt.type_bigint() }}) as call_priority,
        driver_1_feature,
        driver_1_value,
        driver_1_direction,
        driver_1_contribution,
        driver_2_feature,
        driver_2_value,
        driver_2_direction,
        driver_2_contribution,
        driver_3_feature,
        driver_3_value,
        driver_3_direction,
        driver_3_contribution,
        model_sha256

    from ranked_scores

    where is_prospect

)

select * from final
