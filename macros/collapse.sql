{#- What tests/monitoring/nothing_has_collapsed.sql compares with, and how it speaks. -#}


{#-
  Subject, metric and metric_value of the last build that went through; no rows on the first build and where the
  var compare_with_last_build is false. The relation is made after the test, so it is no ref.
-#}
{% macro last_build_metrics() -%}
    {%- set recorded = adapter.get_relation(database=target.database, schema=target.schema, identifier='build_metrics') if execute -%}
    {%- if recorded and var('compare_with_last_build') -%}
        select subject, metric, metric_value
        from {{ recorded }}
        where recorded_at = (select max(recorded_at) from {{ recorded }})
    {%- else -%}
        select subject, metric, metric_value from {{ ref('collapse_metrics') }} where false
    {%- endif -%}
{%- endmacro %}


{#- A number as a person reads it: at most three decimals. -#}
{% macro in_words(number) -%}
    coalesce(regexp_replace(cast(round({{ number }}, 3) as {{ dbt.type_string() }}), '[.]0$', ''), 'unknown')
{%- endmacro %}


{#- The error of all collapses together, as arguments of concat over the rows of `collapsed`. -#}
{% macro collapse_message() -%}
    'This delivery is not like it should be, so nothing of it is published.', chr(10), string_agg(concat('- ', in_words, chr(10)), '' order by in_words),
    'Fix: compare the named files with the last delivery. If the change is right, build once with --vars',
    ' ''{compare_with_last_build: false}'', or change seeds/mappings/collapse_limits.csv.'
{%- endmacro %}
