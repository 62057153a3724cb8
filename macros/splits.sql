{#-
  Days between two splits. Never shorter than the label window: the outcome of a training lead
  contacted later than that was not yet known when the next period began.
-#}
{% macro split_gap_days() -%}
    {{ return([whole_number_var('split_gap_days') | int, whole_number_var('label_window_days') | int] | max) }}
{%- endmacro %}
