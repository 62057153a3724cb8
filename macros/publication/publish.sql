{#- Publication: the last step of a build, all relations together, or nothing (decision 0014). -#}


{#- Publishes what the models above have made, and the row of the build, in one transaction. -#}
{% materialization publication, default %}
    {%- do refuse_what_was_not_tested() -%}
    {%- set columns = _columns_of(model) -%}
    {%- do make_or_widen(columns) -%}
    {%- do adapter.commit() -%}
    {%- set statements, names = [], columns | map(attribute='name') | join(', ') -%}
    {%- for parent in model.depends_on.nodes if graph.nodes[parent].config.materialized == 'published' -%}
        {%- do statements.extend(_publishing_statements(graph.nodes[parent], this)) -%}
    {%- endfor -%}
    {%- do statements.append("insert into " ~ this ~ " (" ~ names ~ ") select " ~ names ~ " from (" ~ compiled_code ~ ") as build") -%}
    {%- call statement('main') -%} {{ in_one_transaction(statements) }} {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}


{#- Columns of a model as its yml declares them. -#}
{% macro _columns_of(node) %}
    {%- set columns = [] -%}
    {%- for column in node.columns.values() -%} {%- do columns.append(api.Column(column.name, column.data_type)) -%} {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}


{#- Statements as one that is carried out whole or not at all. On DuckDB dbt has begun, and commits. -#}
{% macro in_one_transaction(statements) -%} {{ return(adapter.dispatch('in_one_transaction', 'lead_scoring')(statements)) }} {%- endmacro %}
{% macro default__in_one_transaction(statements) %} {{ return(statements | join(';\n')) }} {% endmacro %}
{% macro bigquery__in_one_transaction(statements) %}
    {{ return("begin transaction;\n" ~ statements | join(';\n') ~ ";\ncommit transaction;") }}
{% endmacro %}


{#- Stops a run that would publish what it has not made and tested: `dbt run`, or a build of a part. -#}
{% macro refuse_what_was_not_tested() %}
    {%- set left_out = _left_out() -%}
    {%- if flags.WHICH != 'build' or left_out -%}
        {%- set what = "`dbt " ~ flags.WHICH ~ "` runs no tests" if flags.WHICH != 'build'
            else left_out | length ~ " of what a build makes and tests was left out, such as " ~ left_out[:3] | join(', ') -%}
        {{ exceptions.raise_compiler_error(
            "Nothing was published: " ~ what ~ ".\n"
            ~ "Why it matters: only what was made and tested as a whole is published; the last good build stays.\n"
            ~ "Where: the model builds, target " ~ target.name ~ ".\n"
            ~ "Fix: run a whole `dbt build` (or `dbt build --select +builds`, without --exclude); to publish nothing, leave builds out of the selection."
        ) }}
    {%- endif -%}
{% endmacro %}


{#- Names of what stands above `builds` and was not selected: models, seeds, and tests of severity error. -#}
{% macro _left_out() %}
    {%- set above = model.depends_on.nodes | list -%}
    {%- for id in above if id in graph.nodes -%}
        {%- for parent in graph.nodes[id].depends_on.nodes if parent not in above -%} {%- do above.append(parent) -%} {%- endfor -%}
    {%- endfor -%}
    {%- set left_out, elsewhere = [], [] -%}
    {%- for node in graph.nodes.values() if node.name in made_elsewhere() -%} {%- do elsewhere.append(node.unique_id) -%} {%- endfor -%}
    {%- for node in graph.nodes.values() if node.unique_id not in selected_resources and node.unique_id not in elsewhere -%}
        {%- set is_test = node.resource_type == 'test' and node.config.severity | lower == 'error'
            and node.depends_on.nodes and not node.depends_on.nodes | reject('in', above) | list
            and not node.depends_on.nodes | select('in', elsewhere) | list -%}
        {%- if node.unique_id in above or is_test -%} {%- do left_out.append(node.name) -%} {%- endif -%}
    {%- endfor -%}
    {{ return(left_out | sort) }}
{% endmacro %}


{#- Nodes that a build need not make: none. A project that loads a relation by other means names it here. -#}
{% macro made_elsewhere() -%} {{ return(adapter.dispatch('made_elsewhere', 'lead_scoring')()) }} {%- endmacro %}
{% macro default__made_elsewhere() %} {{ return([]) }} {% endmacro %}
