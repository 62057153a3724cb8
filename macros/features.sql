{#-
  Columns that a model's yml describes, in its order, for the select that publishes them: a new
  feature is described in one place and passed on everywhere. While parsing, and in unit tests,
  dbt shows no graph; every column does as well there.
-#}
{% macro contract_columns(model_name) -%}
    {%- if execute and graph.nodes -%}
        {%- set found = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
            | selectattr('name', 'equalto', model_name) | first -%}
        {{ found.columns | join(', ') }}
    {%- else -%}
        *
    {%- endif -%}
{%- endmacro %}


{#-
  Names of the features of the contract, in its order. While parsing, and in unit tests, dbt shows no graph: none.

  Arguments:
    without: key of meta; features that have it are left out. None leaves out nothing.
-#}
{% macro contract_features(without=none) -%}
    {%- set names = [] -%}
    {%- for column in ((graph.nodes if execute else none) or {}).get('model.lead_scoring.lead_scoring_features_pit', {'columns': {}}).columns.values()
        if (column.meta.feature or column.config.meta.feature) and not (without and column.config.meta.get(without)) -%}
        {%- do names.append(column.name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{#- 1 for advisors of a mobility tier, 0 for those of another, null where nothing is known. -#}
{% macro is_tier(tier) -%}
    cast(
        case when pit_mobility_tier = '{{ tier }}' then 1 when pit_mobility_tier is not null then 0 end
        as {{ dbt.type_bigint() }}
    )
{%- endmacro %}
