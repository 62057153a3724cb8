{#-
  DuckDB names a database after its file, and dbt-duckdb 1.11.1 writes that name into SQL literals as it is: a
  quote in LEAD_SCORING_DB would end the literal. These are its macros with the name escaped, and nothing else.
-#}

{% macro duckdb__create_schema(relation) -%}
    {%- call statement('create_schema') -%} create schema if not exists {{ relation.without_identifier() }} {%- endcall -%}
{% endmacro %}


{% macro duckdb__list_schemas(database) -%}
    {%- set query -%}
        select schema_name from system.information_schema.schemata
        {% if database is not none %} where lower(catalog_name) = lower({{ text_literal(database) }}) {% endif %}
    {%- endset -%}
    {{ return(run_query(query)) }}
{% endmacro %}


{% macro duckdb__check_schema_exists(information_schema, schema) -%}
    {%- set query -%}
        select count(*) from system.information_schema.schemata
        where
            lower(schema_name) = lower({{ text_literal(schema) }})
            and lower(catalog_name) = lower({{ text_literal(information_schema.database) }})
    {%- endset -%}
    {{ return(run_query(query)) }}
{% endmacro %}


{% macro duckdb__list_relations_without_caching(schema_relation) -%}
    {%- call statement('list_relations_without_caching', fetch_result=True) -%}
        select
            {{ text_literal(schema_relation.database) }} as database,
            table_name as name,
            table_schema as schema,
            case table_type when 'VIEW' then 'view' else 'table' end as type
        from system.information_schema.tables
        where
            lower(table_schema) = lower({{ text_literal(schema_relation.schema) }})
            and lower(table_catalog) = lower({{ text_literal(schema_relation.database) }})
    {%- endcall -%}
    {{ return(load_result('list_relations_without_caching').table) }}
{% endmacro %}


{#- No relation of this project has an index. -#}
{% macro drop_indexes_on_relation(relation) -%} {%- endmacro %}


{#- dbt's code around a Python model, with the relation's name as a Python literal that no quote ends. -#}
{% macro py_script_postfix(model) -%}
    {{ dbt.py_script_postfix(model)
        | replace("return '" ~ resolve_model_name(this) ~ "'", "return " ~ tojson(this | string))
        | replace('database = "' ~ this.database ~ '"', "database = " ~ tojson(this.database)) }}
{%- endmacro %}


{#-
  The end of that code on DuckDB: what a Python model returns, here a pyarrow.RecordBatchReader, as a table. dbt-bigquery
  has a macro of the same name, which goes on as it was.
-#}
{% macro py_write_table(compiled_code, target_relation=none, temporary=false, relation=none, partitioned_by=none, sorted_by=none) -%}
{%- if target.type != 'duckdb' -%}
    {{ return(dbt.py_write_table(compiled_code=compiled_code, target_relation=target_relation)) }}
{%- endif -%}
{{ compiled_code }}

def materialize(df, con):
    con.register('__dbt_python_model_df_{{ relation.identifier }}', df)
    con.execute({{ tojson('create table ' ~ relation ~ ' as select * from __dbt_python_model_df_' ~ relation.identifier) }})
    con.unregister('__dbt_python_model_df_{{ relation.identifier }}')
{%- endmacro %}
