{#- What a build has read: engine by engine, since on DuckDB a source is a file. -#}


{#- The project's sources that somebody delivers, in the order of their names. -#}
{% macro project_sources() %}
    {{ return(graph.sources.values() | selectattr('package_name', 'equalto', project_name) | rejectattr('source_name', 'equalto', 'delivery') | sort(attribute='name') | list if execute else []) }}
{% endmacro %}


{#-
  Columns read_from, content_hash and row_count of a source. On DuckDB: path and sha256 of the file, as they were
  when it was checked (source_files). On BigQuery: a
  hash of the declared columns of all rows, whatever their order; two like rows that change alike escape it.
-#}
{% macro source_content(source) -%} {{ return(adapter.dispatch('source_content', 'lead_scoring')(source)) }} {%- endmacro %}

{% macro default__source_content(source) %}
    (select path from ({{ source_files() }}) as files where name = '{{ source.name }}') as read_from,
    (select sha256 from ({{ source_files() }}) as files where name = '{{ source.name }}') as content_hash,
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
