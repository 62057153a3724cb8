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
