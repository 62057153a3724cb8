{#- Tables that keep one set of rows a score_date: how they are stored, what the score tables publish. -#}


{#- Configuration of a published table in which a build replaces the rows of its score_date and touches no other day. -#}
{% macro daily_table(cluster_by) -%}
    {%- set config = {'materialized': 'published', 'meta': {'replaces': 'its day'}} -%}
    {%- if target.type == 'bigquery' -%}
        {%- do config.update({'partition_by': {'field': 'score_date', 'data_type': 'date'}, 'cluster_by': cluster_by}) -%}
    {%- endif -%}
    {{ return(config) }}
{%- endmacro %}


{#- The columns of ranked_scores that both daily score tables publish. -#}
{% macro daily_score_columns() -%}
    {{ day_var('score_date') }} as score_date,
    as_of_date,
    lead_score,
    score_bucket,
    action_recommended,
    uncalibrated_score,
    pit_restlessness_ratio,
    flight_risk_score,
    is_fresh_start,
    narrative,
    model_version,
    {{ utc_timestamp(run_started_at) }} as scoring_timestamp,
    cast(score_decile as {{ dbt.type_bigint() }}) as score_decile,
    cast(score_percentile as {{ double_type() }}) as score_percentile,
    lift_vs_base,
    base_rate,
    is_golden_cohort,
    cast(call_priority as {{ dbt.type_bigint() }}) as call_priority,
    {%- for place in range(1, 4) %}
    driver_{{ place }}_feature,
    driver_{{ place }}_value,
    driver_{{ place }}_direction,
    driver_{{ place }}_contribution,
    {%- endfor %}
    model_sha256,
    support,
    support_leads,
    support_calls,
    unfamiliar_feature
{%- endmacro %}
