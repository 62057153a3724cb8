{#-
  Fails for each column of the model that bears the name of a source column whose `meta` forbids it.
  Renamed columns are the lineage audit's subject.
-#}
{% test no_forbidden_column(model) %}

{%- set forbidden = [] -%}
{%- if execute -%}
    {%- for source in graph.sources.values() -%}
        {%- for column in source.columns.values() if column.config.meta.forbidden -%}
            {%- do forbidden.append(column.name | lower) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if not forbidden -%}
        {{ exceptions.raise_compiler_error("No source column is marked `meta: {forbidden: ...}`: this test would guard nothing.") }}
    {%- endif -%}
{%- endif %}

select column_name

from (
    {%- for column in adapter.get_columns_in_relation(model) if execute %}
    select {{ dbt.string_literal(column.name | lower) }} as column_name
    {%- if not loop.last %} union all {%- endif %}
    {%- else %}
    select '' as column_name
    {%- endfor %}
) as model_columns

where
    column_name like '%end_date%'
    or column_name in ('' {%- for name in forbidden %}, {{ dbt.string_literal(name) }}{% endfor %})

{% endtest %}
