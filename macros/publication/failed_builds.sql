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
  where. Names of people are left out.
-#}
{% macro keep_failed_rows(results) %}
    {%- if execute and flags.WHICH in ['build', 'test'] -%}
        {%- set schema = api.Relation.create(database=target.database, schema=target.schema ~ '_failed_tests') -%}
        {%- if adapter.check_schema_exists(schema.database, schema.schema) -%} {%- do adapter.drop_schema(schema) -%} {%- endif -%}
        {%- set failed = [] -%}
        {%- for result in results if result.node.resource_type == 'test' and result.status == 'fail' -%} {%- do failed.append(result.node) -%} {%- endfor -%}
        {%- if failed -%} {%- do adapter.create_schema(schema) -%} {%- endif -%}
        {%- for node in failed -%}
            {%- set test = graph.nodes[node.unique_id] -%}
            {%- set kept = schema.incorporate(path={'identifier': test.alias}) -%}
            {%- do run_query("create table " ~ kept ~ " as " ~ _failed_rows(test, node.compiled_code) ~ " limit 1000") -%}
            {%- do print("Rows that failed " ~ test.name ~ ": select * from " ~ kept.schema ~ "." ~ kept.identifier ~ "\n  " ~ _meaning(test)) -%}
        {%- endfor -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
{% endmacro %}


{#- What a failed test found: for a test of columns the whole rows, else what the test itself selects. -#}
{% macro _failed_rows(test, code) %}
    {%- set never_null = _never_null(test) -%}
    {%- if not (test.get('column_name') or never_null) or test.attached_node not in graph.nodes -%}
        {{ return("select * from (" ~ code ~ ") as failed") }}
    {%- endif -%}
    {%- set tested = _relation_of(graph.nodes[test.attached_node]) -%}
    {%- set columns = adapter.get_columns_in_relation(tested) | map(attribute='name') | reject('in', ['first_name', 'last_name']) | join(', ') -%}
    {%- if never_null -%} {{ return("select " ~ columns ~ " from " ~ tested ~ " where " ~ never_null | join(' is null or ') ~ " is null") }} {%- endif -%}
    {%- set found = {'unique': 'unique_field', 'accepted_values': 'value_field', 'relationships': 'from_field'}.get(test.test_metadata.name, test.column_name) -%}
    {%- set text = "coalesce(cast(%s as " ~ dbt.type_string() ~ "), 'null')" -%}
    {{ return(
        "select " ~ columns ~ " from " ~ tested ~ " where " ~ text | replace('%s', test.column_name)
        ~ " in (select " ~ text | replace('%s', found) ~ " from (" ~ code ~ ") as failed)"
    ) }}
{% endmacro %}


{#- The columns of a test no_nulls; none for others. -#}
{% macro _never_null(test) %}
    {%- set called = test.get('test_metadata') or {'name': none} -%}
    {{ return(called.kwargs.columns if called.name == 'no_nulls' else []) }}
{% endmacro %}


{#- What a test is about, and where it is written. A relation that is made to be published is described as published. -#}
{% macro _meaning(test) %}
    {%- set tested, name = test.get('attached_node'), test.get('column_name') -%}
    {%- set column = namespace(description='') -%}
    {%- for node in graph.nodes.values() if node.unique_id == tested or (node.config.materialized == 'published' and tested in node.depends_on.nodes) -%}
        {%- set column.description = node.columns.get(name, {}).get('description') or column.description -%}
    {%- endfor -%}
    {%- set never_null = _never_null(test) -%}
    {%- set about = 'never null: ' ~ never_null | join(', ') if never_null else column.description and name ~ ': ' ~ column.description -%}
    {{ return((test.description or about) | trim ~ " (" ~ test.original_file_path ~ "; tests/README.md says how to mend)") }}
{% endmacro %}
