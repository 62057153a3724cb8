{#- What scores: Python, or the model that was exported to SQL. -#}

{#- The model that scores, by the var scoring_engine. -#}
{% macro scoring_model() -%}
    {%- set models = {'python': 'subject_scores', 'sql': 'lead_scores_sql'} -%}
    {%- set engine = var('scoring_engine') | string -%}
    {#- another engine is refused before anything runs: var_rules -#}
    {{ return(models.get(engine, 'subject_scores')) }}
{%- endmacro %}


{#-
  The version that was exported to SQL; another one cannot be scored with there. Not asked while
  parsing: that happens where Python scores, too.
-#}
{% macro exported_version() -%}
    {%- set wanted, exported = var('model_version'), exported_model_version() -%}
    {%- if execute and wanted not in ['', exported] -%}
        {{ exceptions.raise_compiler_error(
            "The var model_version asks for " ~ wanted ~ ", but macros/generated/exported_model.sql holds " ~ exported ~ ".\n"
            ~ "Why it matters: the scores would bear the name of a model that did not make them.\n"
            ~ "Fix: lead-scoring models export-sql " ~ wanted ~ " --out macros/generated/exported_model.sql"
        ) }}
    {%- endif -%}
    {{ return(exported) }}
{%- endmacro %}
