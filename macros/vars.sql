{#- Vars reach SQL only through these: what is not a day or a whole number stops the run by name. -#}

{#- A var that is a day, as a SQL date. -#}
{% macro day_var(name) -%}
    {%- set value = var(name) | string -%}
    {%- if not modules.re.match('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', value) -%}
        {{ exceptions.raise_compiler_error(
            "The var " ~ name ~ " is '" ~ value ~ "', which is not a day.\n"
            ~ "Why it matters: every feature and label is counted from it.\n"
            ~ "Fix: give it as YYYY-MM-DD, in dbt_project.yml or --vars '{" ~ name ~ ": 2025-06-30}'."
        ) }}
    {%- endif -%}
    cast('{{ value }}' as date)
{%- endmacro %}


{#- A var that is a whole number, zero or more. -#}
{% macro whole_number_var(name) -%}
    {%- set value = var(name) | string -%}
    {%- if not modules.re.match('^[0-9]{1,6}$', value) -%}
        {{ exceptions.raise_compiler_error(
            "The var " ~ name ~ " is '" ~ value ~ "', which is not a whole number, zero or more.\n"
            ~ "Why it matters: it sets the length of a window, so a wrong one changes features silently.\n"
            ~ "Fix: give it as digits, in dbt_project.yml or --vars '{" ~ name ~ ": 30}'."
        ) }}
    {%- endif -%}
    {{ value }}
{%- endmacro %}


{#- A var that is a share between 0 and 1, as an exact number: BigQuery's 1 - 0.2 - 0.2 would be a little above 0.6. -#}
{% macro share_var(name) -%}
    {%- set value = var(name) | string -%}
    {%- if not modules.re.match('^0?[.][0-9]{1,6}$', value) -%}
        {{ exceptions.raise_compiler_error(
            "The var " ~ name ~ " is '" ~ value ~ "', which is not a share between 0 and 1.\n"
            ~ "Why it matters: it decides how many leads the model is calibrated or judged on.\n"
            ~ "Fix: give it as 0.2, in dbt_project.yml or --vars '{" ~ name ~ ": 0.2}'."
        ) }}
    {%- endif -%}
    cast('{{ value }}' as {{ dbt.type_numeric() }})
{%- endmacro %}


{#- The model that scores, by the var scoring_engine. -#}
{% macro scoring_model() -%}
    {%- set models = {'python': 'subject_scores', 'sql': 'lead_scores_sql'} -%}
    {%- set engine = var('scoring_engine') | string -%}
    {%- if engine not in models -%}
        {{ exceptions.raise_compiler_error(
            "The var scoring_engine is '" ~ engine ~ "', which is neither python nor sql.\n"
            ~ "Why it matters: nothing would feed the day's ranking.\n"
            ~ "Fix: set it in dbt_project.yml or by --vars '{scoring_engine: python}'; docs/bigquery_scoring.md says which."
        ) }}
    {%- endif -%}
    {{ return(models[engine]) }}
{%- endmacro %}


{#-
  The version that was exported to SQL; another one cannot be scored with there. Not asked while
  parsing: that happens where Python scores, too.
-#}
{% macro exported_version() -%}
    {%- set wanted, exported = var('model_version'), exported_model_version() -%}
    {%- if execute and wanted not in ['', exported] -%}
        {{ exceptions.raise_compiler_error(
            "The var model_version asks for " ~ wanted ~ ", but macros/exported_model.sql holds " ~ exported ~ ".\n"
            ~ "Why it matters: the scores would bear the name of a model that did not make them.\n"
            ~ "Fix: lead-scoring models export-sql " ~ wanted ~ " --out macros/exported_model.sql"
        ) }}
    {%- endif -%}
    {{ return(exported) }}
{%- endmacro %}
