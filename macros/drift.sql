{#- Whether people, or scores, are others than those that a model knew (models/monitoring/after_go_live/feature_drift). -#}


{#-
  One bin's part of the population stability index of two samples. Half a row is added to each bin, so that an empty
  one is no division by zero.

  Arguments:
    first, second: columns of the bin's counts.
    first_total, second_total: columns of the samples' sizes.
    bins: column of the number of bins.
-#}
{% macro stability_term(first, first_total, second, second_total, bins) -%}
    {%- set one = '((' ~ first ~ ' + 0.5e0) / (' ~ first_total ~ ' + 0.5e0 * ' ~ bins ~ '))' -%}
    {%- set other = '((' ~ second ~ ' + 0.5e0) / (' ~ second_total ~ ' + 0.5e0 * ' ~ bins ~ '))' -%}
    ({{ other }} - {{ one }}) * ln({{ other }} / {{ one }})
{%- endmacro %}


{#- What a standard normal exceeds with a chance of `chance`, below 0.5 (Abramowitz and Stegun 26.2.23, to 0.0005). -#}
{% macro normal_limit(chance) -%}
    {%- set root = 'sqrt(-2 * ln(' ~ chance ~ '))' -%}
    ({{ root }} - (2.515517e0 + {{ root }} * (0.802853e0 + {{ root }} * 0.010328e0))
    / (1 + {{ root }} * (1.432788e0 + {{ root }} * (0.189269e0 + {{ root }} * 0.001308e0))))
{%- endmacro %}


{#- A chi-squared value as a standard normal one, and back (Wilson and Hilferty, 1931); degrees are 1 or more. -#}
{% macro chi_squared_as_normal(value, degrees) -%}
    (power({{ value }} / {{ degrees }}, 1e0 / 3) - (1 - 2 / (9e0 * {{ degrees }}))) / sqrt(2 / (9e0 * {{ degrees }}))
{%- endmacro %}

{% macro normal_as_chi_squared(value, degrees) -%}
    {{ degrees }} * power(1 - 2 / (9e0 * {{ degrees }}) + {{ value }} * sqrt(2 / (9e0 * {{ degrees }})), 3)
{%- endmacro %}


{#- Whether a value of `counts` lies in a bin of `bins` (drift_bins); unknown values lie in bin 0. -#}
{% macro lies_in_bin() -%}
    case
        when counts.feature_value is null then bins.bin = 0
        when bins.bin = 0 then false
        else
            counts.feature_value > coalesce(bins.above_value, -1e308)
            and counts.feature_value <= coalesce(bins.up_to_value, 1e308)
    end
{%- endmacro %}
