{#-
  DuckDB only: makes each source a view over a file in LEAD_SCORING_DATA, after checking that every
  file and column is there and holds what its yml declares. All problems of all files are told at
  once; with any problem no view is touched, so the previous results stay. BigQuery has the tables.
-#}
{% macro load_local_sources() %}
    {%- if execute and target.type == 'duckdb' and flags.WHICH in ['build', 'run', 'test', 'seed'] -%}
        {%- set folder = env_var('LEAD_SCORING_DATA', 'seeds/demo').rstrip('/') -%}
        {%- set problems, views = [], [] -%}
        {%- for source in graph.sources.values() | sort(attribute='unique_id') if source.package_name == project_name -%}
            {%- do views.append(_local_source_view(source, folder, problems)) -%}
        {%- endfor -%}
        {%- if problems -%}
            {{ exceptions.raise_compiler_error(
                "The source files in LEAD_SCORING_DATA=" ~ folder ~ " cannot be used; nothing was changed.\n\n"
                ~ problems | join("\n\n")
            ) }}
        {%- endif -%}
        {%- for view in views -%} {%- do run_query(view) -%} {%- endfor -%}
    {%- endif -%}
{% endmacro %}


{#- The `create view` of one source; what is wrong with its file is appended to `problems`. -#}
{% macro _local_source_view(source, folder, problems) %}
    {%- set path = folder ~ '/' ~ source.name -%}
    {%- set found = run_query("select file from glob(" ~ dbt.string_literal(path ~ '.*') ~ ") where file like '%.parquet' or file like '%.csv' order by file desc") -%}
    {%- if not found.rows -%}
        {%- do problems.append(
            path ~ ".parquet (or .csv): no such file.\n  Why it matters: the features are made of all four sources."
            ~ "\n  Fix: put the file there, or point LEAD_SCORING_DATA at the folder that holds it."
        ) -%}
        {{ return('') }}
    {%- endif -%}
    {%- set file = found.rows[0][0] -%}
    {%- set scan = "read_csv(" ~ dbt.string_literal(file) ~ ", all_varchar=true, header=true)" if file.endswith('.csv') else "read_parquet(" ~ dbt.string_literal(file) ~ ")" -%}
    {%- set delivered = {} -%}
    {%- for row in run_query("describe select * from " ~ scan).rows -%} {%- do delivered.update({row[0] | lower: row[1]}) -%} {%- endfor -%}
    {%- set columns = [] -%}
    {%- for column in source.columns.values() -%}
        {%- if column.name | lower not in delivered -%}
            {%- do problems.append(
                file ~ ": column " ~ column.name ~ " (" ~ column.data_type ~ ") is missing. " ~ column.description | trim
                ~ "\n  Fix: export it from the vendor, or rename the column that holds it."
            ) -%}
        {%- else -%}
            {%- do columns.append(_local_source_column(column, delivered[column.name | lower], file, scan, problems)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not run_query("select 1 from " ~ scan ~ " limit 1").rows -%}
        {%- do problems.append(file ~ ": the table is empty.\n  Why it matters: every lead would score alike.\n  Fix: export it again.") -%}
    {%- endif -%}
    {%- do run_query("create schema if not exists " ~ source.schema) -%}
    {{ return(
        "create or replace view " ~ source.schema ~ "." ~ source.identifier ~ " as select " ~ columns | join(", ") ~ " from " ~ scan
    ) }}
{% endmacro %}


{#- A column as its yml declares it: as delivered where the type fits, else cast, provided that no value is lost. -#}
{% macro _local_source_column(column, delivered_type, file, scan, problems) %}
    {%- set fitting = {
        'bigint': ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER'],
        'double': ['FLOAT', 'DOUBLE', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UBIGINT', 'HUGEINT'],
        'date': ['DATE'],
        'timestamp': ['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE', 'DATE'],
        'boolean': ['BOOLEAN'],
        'string': ['VARCHAR', 'BIGINT', 'INTEGER'],
    }[column.data_type] -%}
    {%- set name = '"' ~ column.name ~ '"' -%}
    {%- if delivered_type in fitting or (delivered_type.startswith('DECIMAL') and column.data_type == 'double') -%}
        {{ return("cast(" ~ name ~ " as " ~ column.data_type ~ ") as " ~ name) }}
    {%- endif -%}
    {#- casting through text keeps '12.7' from becoming 13, and an empty CSV cell is a null -#}
    {%- set text = "nullif(trim(cast(" ~ name ~ " as varchar)), '')" -%}
    {%- set text = "regexp_replace(" ~ text ~ ", '[.]0+$', '')" if column.data_type == 'bigint' else text -%}
    {%- set text = "regexp_replace(" ~ text ~ ", ' 00:00:00([.]0+)?$', '')" if column.data_type == 'date' else text -%}
    {%- set misfit = "regexp_full_match(" ~ text ~ ", '-?[0-9]+') is false or " if column.data_type == 'bigint' else "" -%}
    {%- set misfits = run_query(
        "select row_number, value, count(*) over () from (select row_number() over () as row_number, " ~ text ~ " as value, "
        ~ misfit ~ "(" ~ text ~ " is not null and try_cast(" ~ text ~ " as " ~ column.data_type ~ ") is null) as is_misfit from " ~ scan
        ~ ") where is_misfit order by row_number limit 1"
    ) -%}
    {%- if misfits.rows -%}
        {%- do problems.append(
            file ~ ": column " ~ column.name ~ " is " ~ delivered_type ~ ", " ~ column.data_type ~ " was expected, and "
            ~ misfits.rows[0][2] ~ " values cannot be read as one, the first in row " ~ misfits.rows[0][0] ~ "."
            ~ "\n  Why it matters: read by force, they would become nulls that look like facts."
            ~ "\n  Fix: export the column as " ~ column.data_type ~ "."
        ) -%}
    {%- endif -%}
    {{ return("try_cast(" ~ text ~ " as " ~ column.data_type ~ ") as " ~ name) }}
{% endmacro %}
