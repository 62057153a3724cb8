{#- Scratch datasets of `lead-scoring audit replay` on BigQuery; each is called by dbt run-operation. -#}


{#-
  Makes the dataset that dbt is about to build a delivery into; its tables vanish after a day, should nobody drop them.
  With a moment, copies the sources into it as they were then: a build reads them there.
-#}
{% macro open_replay(dataset, moment=none) %}
    {%- do _check_replay(dataset) -%}
    {%- do run_query("create schema " ~ api.Relation.create(database=target.database, schema=dataset).without_identifier()
        ~ " options (default_table_expiration_days = 1)") -%}
    {%- if moment -%}
        {%- for statement in replay_copies(dataset, moment) -%} {%- do run_query(statement) -%} {%- endfor -%}
    {%- endif -%}
{% endmacro %}


{#- The statements that copy the sources' declared columns as they were at a moment. -#}
{% macro replay_copies(dataset, moment) %}
    {%- set statements = [] -%}
    {%- for source in project_sources() -%}
        {%- set copy = api.Relation.create(database=target.database, schema=dataset, identifier=source.identifier) -%}
        {%- set original = api.Relation.create(database=source.database, schema=source.schema, identifier=source.identifier) -%}
        {%- set columns = source.columns.values() | map(attribute='name') | join(', ') -%}
        {%- do statements.append("create table " ~ copy ~ " as select " ~ columns ~ " from " ~ original
            ~ " for system_time as of timestamp '" ~ moment ~ "'") -%}
    {%- endfor -%}
    {{ return(statements) }}
{% endmacro %}


{#- Gives the dataset the archives of arrivals that an earlier delivery began, so that the next build goes on with them. -#}
{% macro continue_archive(dataset, earlier) %}
    {%- do _check_replay(dataset) -%}
    {%- for archive in ['registration_arrivals', 'firm_month_arrivals', 'firm_figure_arrivals'] -%}
        {%- do run_query(replay_archive(dataset, earlier, archive)) -%}
    {%- endfor -%}
{% endmacro %}


{#- The statement that copies one. -#}
{% macro replay_archive(dataset, earlier, archive) %}
    {%- set copy = api.Relation.create(database=target.database, schema=dataset, identifier=archive) -%}
    {%- set original = api.Relation.create(database=target.database, schema=earlier, identifier=archive) -%}
    {{ return("create table " ~ copy ~ " as select * from " ~ original) }}
{% endmacro %}


{% macro close_replay(dataset) %}
    {%- do _check_replay(dataset) -%}
    {%- do adapter.drop_schema(api.Relation.create(database=target.database, schema=dataset)) -%}
{% endmacro %}


{#- Nothing but a replay's own dataset is made or dropped, and dbt must be about to build into it. -#}
{% macro _check_replay(dataset) %}
    {%- if target.type != 'bigquery' or target.schema != dataset or not modules.re.match('^lead_scoring_replay_[0-9a-f]{12}_(earlier|later|alone)$', dataset) -%}
        {%- do exceptions.raise_compiler_error(
            "The profile's dataset is " ~ target.schema ~ ", not " ~ dataset ~ ".\n"
            ~ "Why it matters: a replay builds into a dataset of its own, and never into yours.\n"
            ~ "Fix: let the output's dataset be \"{{ env_var('LEAD_SCORING_BQ_DATASET', 'ml_features') }}\", as in profiles.yml.example.") -%}
    {%- endif -%}
{% endmacro %}
