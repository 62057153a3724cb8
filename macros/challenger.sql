{#- Champion and challenger on the same contacts (models/monitoring/after_go_live/challenger_comparison). -#}


{#- The logarithm of the chance that `score` gave to the label; null without one. A chance of 0 or 1 counts as a millionth from it. -#}
{% macro log_likelihood(score) -%}
    {%- set chance = clip(score, 0.000001, 0.999999) -%}
    case label when 1 then ln({{ chance }}) when 0 then ln(1 - {{ chance }}) end
{%- endmacro %}


{#-
  Half of the interval around a mean that holds with 95 % at all times together, however often one looks: an asymptotic confidence
  sequence (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, Annals of Statistics 52, 2024, theorem 2.2),

      deviation sqrt( 2 (n r + 1) / (n^2 r) ln( sqrt(n r + 1) / 0.05 ) )

  where r = 0.00793615 makes it narrowest at n = 1,000 rows.

  Arguments:
    deviation: column of the standard deviation of a row.
    n: column of the number of rows.
-#}
{% macro sequence_margin(deviation, n) -%}
    {{ deviation }} * sqrt(
        2 * ({{ n }} * 0.00793615e0 + 1) / ({{ n }} * {{ n }} * 0.00793615e0) * ln(sqrt({{ n }} * 0.00793615e0 + 1) / 0.05e0)
    )
{%- endmacro %}
