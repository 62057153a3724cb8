{#- Tables that are published: dbt makes and widens them, `builds` alone changes their rows (decision 0014). -#}


{#-
  Makes the table, empty, or adds the columns that it lacks; its rows stay, also on a full refresh. The
  model's SQL says what `builds` will publish, from the one relation that it reads.
-#}
{% materialization published, default %}
    {%- do make_or_widen(adapter.get_columns_in_relation(_built_relation(model)) + [api.Column('build_id', dbt.type_string())]) -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}


{#- Makes the table of the current model, empty, or adds to it those of the columns that it lacks. -#}
{% macro make_or_widen(columns) %}
    {%- set table = this.incorporate(type='table') -%}
    {%- if load_cached_relation(this) is none -%}
        {%- call statement('main') -%}
            {{ create_table_as(False, table, 'select * from (' ~ compiled_code ~ ') as built where false') }}
        {%- endcall -%}
    {%- else -%}
        {%- if config.get('contract').enforced -%} {%- do get_assert_columns_equivalent(compiled_code) -%} {%- endif -%}
        {%- set present = adapter.get_columns_in_relation(table) | map(attribute='name') | map('lower') | list -%}
        {%- set missing = columns | rejectattr('name', 'in', present) | list -%}
        {%- if missing -%} {%- do alter_relation_add_remove_columns(table, missing, none) -%} {%- endif -%}
        {%- call statement('main') -%} select 1 as nothing_to_make {%- endcall -%}
    {%- endif -%}
    {%- do persist_docs(table, model) -%}
{% endmacro %}


{#- The relation that a published model, a node of the graph, takes its rows from. -#}
{% macro _built_relation(node) %}
    {{ return(_relation_of(graph.nodes[node.depends_on.nodes[0]])) }}
{% endmacro %}

{% macro _relation_of(node) %}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias, type='table')) }}
{% endmacro %}


{#-
  The statements that publish one model. Its `meta.replaces` says which rows give way: those of its day; all of
  them, provided that no later day is published; or none, where each build adds its own.
-#}
{% macro _publishing_statements(node, builds) %}
    {%- set table, built = _relation_of(node), _built_relation(node) -%}
    {%- set replaces, day = node.config.meta.replaces, day_var('score_date') -%}
    {%- set columns = adapter.get_columns_in_relation(built) | map(attribute='name') | map('lower') | join(', ') -%}
    {%- set later = "exists (select 1 from " ~ builds ~ " where result = 'published' and score_date > " ~ day ~ ")" -%}
    {%- set insert = "insert into " ~ table ~ " (" ~ columns ~ ", build_id) select " ~ columns ~ ", " ~ this_build() ~ " from " ~ built -%}
    {%- set statements = {
        'its day': ["delete from " ~ table ~ " where score_date = " ~ day, insert],
        'the newest day': ["delete from " ~ table ~ " where not " ~ later, insert ~ " where not " ~ later],
        'nothing': [insert],
    } -%}
    {{ return(statements[replaces]) }}
{% endmacro %}


{#- The run as `build_id` names it. -#}
{% macro this_build() -%} cast('{{ invocation_id }}' as {{ dbt.type_string() }}) {%- endmacro %}


{#- A moment as a SQL timestamp; UTC, whole seconds. -#}
{% macro utc_timestamp(moment) -%} cast('{{ moment.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp) {%- endmacro %}
