{#-
  Days between two splits. Never shorter than the label window: the outcome of a training lead
  contacted later than that was not yet known when the next period began.
-#}
{% macro split_gap_days() -%}
    {{ return([whole_number_var('split_gap_days') | int, whole_number_var('label_window_days') | int] | max) }}
{%- endmacro %}


{#-
  A share in millionths, an integer. As fractions, 1 - 0.2 - 0.2 is 0.6 on DuckDB (decimals) and a
  little more on BigQuery (floats), so that a split would begin a day later there.
-#}
{% macro in_millionths(share) -%}
    {{ (share | float * 1000000) | round | int }}
{%- endmacro %}
