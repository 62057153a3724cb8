{#- What a build's collapse_metrics are compared with, and how tests/monitoring/nothing_has_collapsed.sql speaks. -#}


{#- build_metrics and builds, where both are there: what was published before is no input of this build, so it is no ref. -#}
{% macro _published_metrics() -%}
    {%- set relations = [] -%}
    {%- for name in ['build_metrics', 'builds'] if execute -%}
        {%- do relations.append(adapter.get_relation(database=target.database, schema=target.schema, identifier=name)) -%}
    {%- endfor -%}
    {{ return(relations if relations | select | list | length == 2 else []) }}
{%- endmacro %}


{#-
  Subject, metric and metric_value of the last published build; no rows on the first build, and where the var
  last_build says to ignore it.
-#}
{% macro last_build_metrics() -%}
    {%- set relations = _published_metrics() -%}
    {%- if relations and var('last_build') == 'compare' -%}
        select subject, metric, metric_value
        from {{ relations[0] }}
        where build_id = (select build_id from {{ relations[1] }} where result = 'published' order by ended_at desc, build_id desc limit 1)
    {%- else -%}
        select subject, metric, metric_value from {{ ref('collapse_metrics') }} where false
    {%- endif -%}
{%- endmacro %}


{#- Day, subject, metric and metric_value of each day before score_date that was published, so many days back; the last build of a day counts. -#}
{% macro earlier_build_metrics(days) -%}
    {%- set relations = _published_metrics() -%}
    {%- if relations -%}
        select builds.score_date, metrics.subject, metrics.metric, metrics.metric_value
        from {{ relations[0] }} as metrics
        inner join (
            select score_date, build_id, row_number() over (partition by score_date order by ended_at desc, build_id desc) as builds_back
            from {{ relations[1] }}
            where result = 'published' and score_date >= {{ days_before(day_var('score_date'), days) }} and score_date < {{ day_var('score_date') }}
        ) as builds on metrics.build_id = builds.build_id and builds.builds_back = 1
    {%- else -%}
        select {{ day_var('score_date') }} as score_date, subject, metric, metric_value from {{ ref('collapse_metrics') }} where false
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
