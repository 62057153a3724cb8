{#- What tests/monitoring/nothing_has_collapsed.sql compares with, and how it speaks. -#}


{#-
  Subject, metric and metric_value of the last published build; no rows on the first build, and where the var
  last_build says to ignore it. What was published before is no input of this build, so it is no ref.
-#}
{% macro last_build_metrics() -%}
    {%- set relations = [] -%}
    {%- for name in ['build_metrics', 'builds'] if execute -%}
        {%- do relations.append(adapter.get_relation(database=target.database, schema=target.schema, identifier=name)) -%}
    {%- endfor -%}
    {%- if relations | select | list | length == 2 and var('last_build') == 'compare' -%}
        select subject, metric, metric_value
        from {{ relations[0] }}
        where build_id = (select build_id from {{ relations[1] }} where result = 'published' order by ended_at desc, build_id desc limit 1)
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
    'Fix: compare the named files with the last delivery. If the change is right, build once with --vars "{last_build: ignore}",',
    ' or change seeds/mappings/collapse_limits.csv.'
{%- endmacro %}
