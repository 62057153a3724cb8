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
