{#- What a build leaves behind when it fails: a row of `builds`, and the rows that its tests found. -#}


{#- Records a build that was to publish and did not. -#}
{% macro record_failed_build(results) %}
    {%- set node = (graph.nodes if execute else {}).get('model.lead_scoring.builds', {}) -%}
    {%- set done = results | selectattr('node.unique_id', 'equalto', node.unique_id) | selectattr('status', 'equalto', 'success') | list -%}
    {%- if execute and node.unique_id in selected_resources and flags.WHICH in ['build', 'run'] and not done -%}
        {%- set failed = [] -%}
        {%- for result in results if result.status in ['error', 'fail'] -%} {%- do failed.append(result.node.name) -%} {%- endfor -%}
        {%- set table = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) -%}
        {%- set columns = [] -%}
        {%- for column in node.columns.values() -%} {%- do columns.append(column.name ~ ' ' ~ column.data_type) -%} {%- endfor -%}
        {%- do run_query("create table if not exists " ~ table ~ " (" ~ columns | join(', ') ~ ")") -%}
        {%- do run_query(
            "insert into " ~ table ~ " (build_id, result, score_date, analysis_date, started_at, ended_at, failed_nodes) select "
            ~ this_build() ~ ", 'failed', " ~ day_var('score_date') ~ ", " ~ day_var('analysis_date') ~ ", " ~ utc_timestamp(run_started_at) ~ ", "
            ~ utc_timestamp(modules.datetime.datetime.now(modules.pytz.utc)) ~ ", '" ~ failed | join(', ') ~ "'"
        ) -%}
        {%- do adapter.commit() -%}
        {%- do print("Nothing was published: build " ~ invocation_id[:8] ~ " of " ~ var('score_date') ~ " failed. The last good build stays as it was.") -%}
    {%- endif -%}
{% endmacro %}


{#-
  Keeps the rows that a failed data test found, in a schema of their own, until the next run of tests, and says
  where. A test selects keys and counts, never names of people (a convention test looks).
-#}
{% macro keep_failed_rows(results) %}
    {%- if execute and flags.WHICH in ['build', 'test'] -%}
        {%- set schema = api.Relation.create(database=target.database, schema=target.schema ~ '_failed_tests') -%}
        {%- if adapter.check_schema_exists(schema.database, schema.schema) -%} {%- do adapter.drop_schema(schema) -%} {%- endif -%}
        {%- set failed = [] -%}
        {%- for result in results if result.node.resource_type == 'test' and result.status == 'fail' -%} {%- do failed.append(result) -%} {%- endfor -%}
        {%- if failed -%} {%- do adapter.create_schema(schema) -%} {%- endif -%}
        {%- for result in failed -%}
            {%- set kept = schema.incorporate(path={'identifier': result.node.alias}) -%}
            {%- do run_query("create table " ~ kept ~ " as select * from (" ~ result.node.compiled_code ~ ") as failed limit 1000") -%}
            {%- do print("Rows that failed " ~ result.node.name ~ ": select * from " ~ kept ~ "\n  " ~ _meaning(result.node)) -%}
        {%- endfor -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
{% endmacro %}


{#- What a test stands for, and where it is written. -#}
{% macro _meaning(test) %}
    {%- set of_column = " on " ~ test.column_name if test.column_name else "" -%}
    {%- set attached = graph.nodes.get(test.attached_node, {}) -%}
    {%- set column = attached.get('columns', {}).get(test.column_name, {}) -%}
    {{ return((test.description or column.get('description') or '') | trim ~ " (" ~ test.original_file_path ~ of_column ~ "; tests/README.md says what to mend)") }}
{% endmacro %}
