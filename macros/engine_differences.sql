{#- What DuckDB and BigQuery spell or mean differently, and dbt's own macros do not settle. -#}


{#- The floating point type of 8 bytes: on DuckDB, dbt's type_float would be one of 4. -#}
{% macro double_type() -%} {{ return(adapter.dispatch('double_type', 'lead_scoring')()) }} {%- endmacro %}
{% macro default__double_type() -%} double {%- endmacro %}
{% macro bigquery__double_type() -%} float64 {%- endmacro %}


{#- True when a text holds a match of a regular expression (RE2 on both engines). -#}
{% macro text_matches(text_expression, pattern) -%} {{ return(adapter.dispatch('text_matches', 'lead_scoring')(text_expression, pattern)) }} {%- endmacro %}
{% macro default__text_matches(text_expression, pattern) -%} regexp_matches({{ text_expression }}, '{{ pattern }}') {%- endmacro %}
{% macro bigquery__text_matches(text_expression, pattern) -%} regexp_contains({{ text_expression }}, r'{{ pattern }}') {%- endmacro %}


{#- True for a floating point number that is not a number; null stays null. -#}
{% macro is_nan(expression) -%} {{ return(adapter.dispatch('is_nan', 'lead_scoring')(expression)) }} {%- endmacro %}
{% macro default__is_nan(expression) -%} isnan({{ expression }}) {%- endmacro %}
{% macro bigquery__is_nan(expression) -%} is_nan({{ expression }}) {%- endmacro %}


{#- A text without white space at its ends: DuckDB's trim leaves tabs and line ends, BigQuery's does not. -#}
{% macro trimmed(text_expression) -%} {{ return(adapter.dispatch('trimmed', 'lead_scoring')(text_expression)) }} {%- endmacro %}
{% macro default__trimmed(text_expression) -%} regexp_replace({{ text_expression }}, '^[\s\p{Z}]+|[\s\p{Z}]+$', '', 'g') {%- endmacro %}
{% macro bigquery__trimmed(text_expression) -%} trim({{ text_expression }}) {%- endmacro %}


{#- First day of a month given by two integers; null when there is no such month. -#}
{% macro month_from_parts(year_expression, month_expression) -%}
    case
        when {{ month_expression }} between 1 and 12 and {{ year_expression }} between 1900 and 2999
            then {{ adapter.dispatch('date_from_parts', 'lead_scoring')(year_expression, month_expression) }}
    end
{%- endmacro %}

{% macro default__date_from_parts(year_expression, month_expression) -%}
    make_date({{ year_expression }}, {{ month_expression }}, 1)
{%- endmacro %}

{% macro bigquery__date_from_parts(year_expression, month_expression) -%}
    date({{ year_expression }}, {{ month_expression }}, 1)
{%- endmacro %}


{#- A number held between two bounds; null stays null (DuckDB's greatest and least skip nulls, BigQuery's do not). -#}
{% macro clip(expression, lowest, highest) -%}
    case
        when {{ expression }} < {{ lowest }} then {{ lowest }}
        when {{ expression }} > {{ highest }} then {{ highest }}
        else {{ expression }}
    end
{%- endmacro %}


{#-
  A number between 0 and 1, neither included, that is made of a text: the same one each time, evenly spread over texts.
  The first 13 of the 32 hexadecimal digits of its MD5 are 52 bits, which a double holds exactly.
-#}
{% macro share_of_text(text_expression) -%} {{ return(adapter.dispatch('share_of_text', 'lead_scoring')(text_expression)) }} {%- endmacro %}
{% macro default__share_of_text(text_expression) -%} (cast('0x' || substr(md5({{ text_expression }}), 1, 13) as bigint) + 0.5e0) / 4503599627370496e0 {%- endmacro %}
{% macro bigquery__share_of_text(text_expression) -%} (cast(concat('0x', substr(to_hex(md5({{ text_expression }})), 1, 13)) as int64) + 0.5e0) / 4503599627370496e0 {%- endmacro %}
