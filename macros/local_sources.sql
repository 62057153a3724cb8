{#-
  DuckDB only: makes each source a view over its file in LEAD_SCORING_DATA, after Python has read every file
  (python_scoring/io/delivery). All problems of all files are told at once; with any problem nothing is
  touched, so the previous results stay. BigQuery has the tables.
-#}
{% macro load_local_sources() %}
    {%- if execute and target.type == 'duckdb' and flags.WHICH in ['build', 'run', 'test', 'seed'] -%}
        {%- if not run_query("select 1 from duckdb_functions() where function_name = 'read_delivery'").rows -%}
            {{ exceptions.raise_compiler_error(
                "profiles.yml names no plugin that reads a delivery.\n"
                ~ "Why it matters: nobody would check the files.\n"
                ~ "Where: the output duckdb of profiles.yml.\n"
                ~ "Fix: add `plugins: [{module: python_scoring.io.delivery.plugin}]` to it, as in profiles.yml.example."
            ) }}
        {%- endif -%}
        {%- set folder = env_var('LEAD_SCORING_DATA', 'seeds/demo').rstrip('/') or '/' -%}
        {%- set tables, contract = project_sources(), [] -%}
        {%- for table in tables -%}
            {%- set columns = [] -%}
            {%- for column in table.columns.values() -%}
                {%- do columns.append({'name': column.name, 'data_type': column.data_type, 'description': column.description}) -%}
            {%- endfor -%}
            {%- do contract.append({'name': table.name, 'columns': columns}) -%}
        {%- endfor -%}
        {%- set told = run_query("select read_delivery(" ~ text_literal(folder) ~ ", " ~ text_literal(tojson(contract)) ~ ")").rows[0][0] -%}
        {%- set delivery = fromjson(told) -%}
        {%- if delivery.problems -%}
            {{ exceptions.raise_compiler_error(
                "The source files in LEAD_SCORING_DATA=" ~ folder ~ " cannot be used; nothing was changed.\n\n"
                ~ delivery.problems | join("\n\n")
            ) }}
        {%- endif -%}
        {%- do run_query(_loading_sql(tables, delivery.sources)) -%}
    {%- endif -%}
{% endmacro %}


{#- One script for all: the views, what was read, and what reading changed. -#}
{% macro _loading_sql(tables, sources) %}
    {%- set files, findings = [], [] -%}
    {%- for name, source in sources.items() -%}
        {%- do files.append("(" ~ text_literal(name) ~ ", " ~ text_literal(source.path) ~ ", " ~ source.bytes ~ ", " ~ text_literal(source.sha256) ~ ")") -%}
        {%- for found in source.findings -%}
            {%- do findings.append("(" ~ text_literal(name) ~ ", " ~ text_literal(found.finding) ~ ", " ~ found.row_count ~ ", " ~ text_literal(found.example) ~ ")") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set script -%}
        {%- for table in tables %}
        create schema if not exists {{ table.schema }};
        create or replace view {{ table.schema }}.{{ table.identifier }} as {{ sources[table.name].select }};
        {%- endfor %}
        create schema if not exists delivery;
        create or replace table delivery.files (name varchar, path varchar, bytes bigint, sha256 varchar);
        create or replace table delivery.findings (source_table varchar, finding varchar, row_count bigint, example_key varchar);
        insert into delivery.files values {{ files | join(', ') }};
        {% if findings %} insert into delivery.findings values {{ findings | join(', ') }}; {% endif %}
    {%- endset -%}
    {{ return(script) }}
{% endmacro %}


{#- A text from outside as a DuckDB literal: dbt's own macro leaves a quote in it as it is. -#}
{% macro text_literal(text) -%} '{{ text | string | replace("'", "''") }}' {%- endmacro %}


{#-
  What was read by this run: a select of name, path, bytes and sha256, one row a source. BigQuery has tables,
  not files: no rows there.
-#}
{% macro source_files() -%}
    {%- if target.type == 'duckdb' -%}
        select name, path, bytes, sha256 from {{ source('delivery', 'files') }}
    {%- else -%}
        select
            cast(null as {{ dbt.type_string() }}) as name,
            cast(null as {{ dbt.type_string() }}) as path,
            cast(null as {{ dbt.type_bigint() }}) as bytes,
            cast(null as {{ dbt.type_string() }}) as sha256
        from unnest([1]) as none
        where false
    {%- endif -%}
{%- endmacro %}


{#-
  What reading the files changed: a select of source_table, finding, row_count and example_key. On BigQuery the
  columns have types, a timestamp is UTC and a date has no zone: no rows there.
-#}
{% macro reading_findings() -%}
    {%- if target.type == 'duckdb' -%}
        select source_table, finding, row_count, example_key from {{ source('delivery', 'findings') }}
    {%- else -%}
        select
            cast(null as {{ dbt.type_string() }}) as source_table,
            cast(null as {{ dbt.type_string() }}) as finding,
            cast(null as {{ dbt.type_bigint() }}) as row_count,
            cast(null as {{ dbt.type_string() }}) as example_key
        from unnest([1]) as none
        where false
    {%- endif -%}
{%- endmacro %}
