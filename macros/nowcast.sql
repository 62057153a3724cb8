{#- What contacts will come to whose label window is not over (models/monitoring/after_go_live/early_outcomes). -#}


{#- Whether enough of a cohort's calls have come for what it will come to: below a fifth a single call would count as five. -#}
{% macro share_tells() -%} share_seen >= 0.2e0 {%- endmacro %}


{#- Variance of the share that has come, which is known from so many calls. -#}
{% macro curve_variance() -%} share_seen * (1 - share_seen) / nullif(curve_calls, 0) {%- endmacro %}


{#-
  A bound of the 95 % interval of a sum of unlike draws (Poisson-binomial): the normal one, moved by its skewness (Cornish and
  Fisher, 1938), within 0 and the number of draws.

  Arguments:
    bound: 'low' or 'high'.
    mean, variance, third_moment, draws: columns of the sum's moments, and of how many were drawn.
-#}
{% macro poisson_binomial_bound(bound, mean, variance, third_moment, draws) -%}
    {%- set sign = '-' if bound == 'low' else '+' -%}
    {%- set moved = mean ~ ' + coalesce(2.841458820694124e0 * ' ~ third_moment ~ ' / (6 * nullif(' ~ variance ~ ', 0)), 0)' -%}
    {{ clip(moved ~ ' ' ~ sign ~ ' 1.959963984540054e0 * sqrt(' ~ variance ~ ')', 0, draws) }}
{%- endmacro %}


{#-
  A bound of the 95 % interval of a cohort's calls in the end, T, from those observed so far, O, where the share F has come: the T for
  which (O - T F)^2 <= z^2 (T F (1 - F) + T^2 V), which is Wilson's interval turned around; V is the variance of F, known from so
  many calls. Whatever the chances are: of T calls each has come so far with the chance F. Never below O, nor above the contacts.
-#}
{% macro nowcast_bound(bound) -%}
    {%- set leading = '(share_seen * share_seen - 3.841458820694124e0 * ' ~ curve_variance() ~ ')' -%}
    {%- set middle = '(2 * observed_so_far * share_seen + 3.841458820694124e0 * share_seen * (1 - share_seen))' -%}
    {%- set root = 'sqrt(' ~ middle ~ ' * ' ~ middle ~ ' - 4 * ' ~ leading ~ ' * observed_so_far * observed_so_far)' -%}
    {%- if bound == 'low' -%}
        case
            when observed_so_far = 0 then 0
            else {{ clip('2 * observed_so_far * observed_so_far / (' ~ middle ~ ' + ' ~ root ~ ')', 'observed_so_far', 'contact_count') }}
        end
    {%- else -%}
        case
            when {{ leading }} <= 0 then contact_count
            else {{ clip('(' ~ middle ~ ' + ' ~ root ~ ') / (2 * ' ~ leading ~ ')', 'observed_so_far', 'contact_count') }}
        end
    {%- endif -%}
{%- endmacro %}
