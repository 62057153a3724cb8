{#- Tables that keep one set of rows a score_date: how they are stored, what the score tables publish, how they are tested. -#}


{#-
  Configuration of a table in which a run replaces the rows of its score_date and touches no other day,
  also on a full refresh. A column that is new appears in it on the next run, null on earlier days.
-#}
{% macro daily_table(cluster_by) -%}
    {%- set config = {
        'materialized': 'incremental',
        'incremental_strategy': 'delete+insert',
        'unique_key': 'score_date',
        'on_schema_change': 'append_new_columns',
        'full_refresh': false,
    } -%}
    {%- if target.type == 'bigquery' -%}
        {%- do config.update({
            'incremental_strategy': 'insert_overwrite',
            'unique_key': none,
            'partition_by': {'field': 'score_date', 'data_type': 'date'},
            'partitions': [day_var('score_date')],
            'cluster_by': cluster_by,
        }) -%}
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
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp) as scoring_timestamp,
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
    model_sha256
{%- endmacro %}


{#-
  What a generic test looks at: dbt calls this macro for the relation under test. Where the table
  requires a partition filter, that is the day of this run; other days had their tests on their own
  run and are never touched since. A `where` on the test itself goes first.
-#}
{% macro get_where_subquery(relation) -%}
    {%- set tested = graph.nodes.get(model.attached_node) if execute else none -%}
    {%- set of_the_day = 'score_date = ' ~ day_var('score_date') if tested and tested.config.require_partition_filter -%}
    {%- set condition = config.get('where') or of_the_day -%}
    {%- if condition -%}
        {%- do return('(select * from ' ~ relation ~ ' where ' ~ condition ~ ') as filtered') -%}
    {%- else -%}
        {%- do return(relation) -%}
    {%- endif -%}
{%- endmacro %}
