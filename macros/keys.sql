{#- What is a CRD number and what is not: docs/decisions/0015-what-is-a-key.md. -#}


{#- True for a number that can be a CRD number: 1 to 9,999,999,999. Zero, negative and longer numbers are none; null is false. -#}
{% macro is_crd(number_expression) -%}
    coalesce({{ number_expression }} between 1 and 9999999999, false)
{%- endmacro %}


{#-
  Why a typed text is no CRD number, in words that follow "advisor CRD"; null when it is one.

  Accepted is one run of 1 to 10 digits with a value above zero, and around it only: white space; before it
  words, which begin with a letter or #, whose last mark before the digits is none of a point and a dash that
  could be a sign; after it `.0` (a float export of a whole number) and letters.
-#}
{% macro crd_text_problem(text_expression) -%}
    {%- set white = '[\s\p{Z}]*' -%}
    {%- set words = '(?:[\p{L}#](?:[\p{L}\p{Z}\s#:._-]*[\p{L}\p{Z}\s#:_])?|[\p{L}#](?:[\p{L}\p{Z}\s#:._-]*[\p{L}#])?-)?' -%}
    {%- set after = '(?:[.]0+)?[\p{L}\p{Z}\s]*$' -%}
    case
        -- what nearly every row holds is asked first
        when {{ text_matches(text_expression, '^[1-9][0-9]{0,9}$') }} then cast(null as {{ dbt.type_string() }})
        when {{ text_expression }} is null or not {{ text_matches(text_expression, '[^\s\p{Z}]') }} then 'is missing'
        when not {{ text_matches(text_expression, '[0-9]') }} then 'has no digits'
        when {{ text_matches(text_expression, '^' ~ white ~ words ~ '0+' ~ after) }} then 'is zero'
        when {{ text_matches(text_expression, '^' ~ white ~ words ~ '[0-9]{1,10}' ~ after) }}
            then cast(null as {{ dbt.type_string() }})
        when {{ text_matches(text_expression, '^' ~ white ~ words ~ '[0-9]{11,}' ~ after) }} then 'has more than 10 digits'
        when {{ text_matches(text_expression, '(?:^|[\s\p{Z}])[+−–-][0-9]') }} then 'has a sign'
        when {{ text_matches(text_expression, '^[^0-9]*[0-9]*[.,][0-9]+[^0-9]*$') }} then 'has a decimal or thousands mark'
        when {{ text_matches(text_expression, '[0-9][^0-9]+[0-9]') }} then 'holds more than one number'
        else 'is not plainly one whole number'
    end
{%- endmacro %}


{#- The first run of digits of a text as an integer; only for a text without `crd_text_problem`. -#}
{% macro first_digits_as_integer(text_expression) -%}
    cast(regexp_extract({{ text_expression }}, '[0-9]+') as {{ dbt.type_bigint() }})
{%- endmacro %}


{#- The key of a registration as a text: advisor, firm and start, of a relation that has these columns. -#}
{% macro registration_key(relation) -%}
    concat(
        cast({{ relation }}.advisor_crd as {{ dbt.type_string() }}), '|',
        cast({{ relation }}.firm_crd as {{ dbt.type_string() }}), '|',
        cast({{ relation }}.started_date as {{ dbt.type_string() }})
    )
{%- endmacro %}
