{#- What a build has read: engine by engine, since on DuckDB a source is a file. -#}


{#- The project's sources, in the order of their names. -#}
{% macro project_sources() %}
    {{ return(graph.sources.values() | selectattr('package_name', 'equalto', project_name) | sort(attribute='name') | list if execute else []) }}
{% endmacro %}


{#-
  Columns read_from, content_hash and row_count of a source. On DuckDB: sha256 of the file's bytes. On BigQuery: a
  hash of the declared columns of all rows, whatever their order; two like rows that change alike escape it.
-#}
{% macro source_content(source) -%} {{ return(adapter.dispatch('source_content', 'lead_scoring')(source)) }} {%- endmacro %}

{% macro default__source_content(source) %}
    {%- set path = env_var('LEAD_SCORING_DATA', 'seeds/demo').rstrip('/') ~ '/' ~ source.name -%}
    '{{ path | replace("'", "''") }}' as read_from,
    (
        select string_agg(sha256(content), ' ' order by filename)
        from read_blob('{{ path | replace("'", "''") }}.*')
        where filename like '%.parquet' or filename like '%.csv'
    ) as content_hash,
    (select count(*) from {{ api.Relation.create(database=source.database, schema=source.schema, identifier=source.identifier) }}) as row_count
{% endmacro %}

{% macro bigquery__source_content(source) %}
    {%- set relation = api.Relation.create(database=source.database, schema=source.schema, identifier=source.identifier) -%}
    '{{ source.schema }}.{{ source.identifier }}' as read_from,
    (
        select cast(bit_xor(farm_fingerprint(to_json_string(struct({{ source.columns.keys() | join(', ') }})))) as string)
        from {{ relation }}
    ) as content_hash,
    (select count(*) from {{ relation }}) as row_count
{% endmacro %}
