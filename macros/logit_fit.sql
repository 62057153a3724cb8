{#- Slope and shift of published log odds against outcomes (Cox, 1958): models/monitoring/after_go_live/realised_logits. -#}


{#- Log odds of a chance; those of 0 and 1 count as a millionth away. -#}
{% macro log_odds(chance) -%}
    {%- set held = clip(chance, '1e-6', '(1 - 1e-6)') -%}
    ln({{ held }}) - ln(1 - {{ held }})
{%- endmacro %}


{#- The chance that belongs to log odds. -#}
{% macro chance_of(log_odds) -%} (1 / (1 + exp(-({{ log_odds }})))) {%- endmacro %}


{#- A step of Newton's method, held within 2: a longer one would leave the range in which the next is exact. -#}
{% macro newton_step(change) -%} {{ clip('(' ~ change ~ ')', -2, 2) }} {%- endmacro %}


{#-
  One step, as a select: for each group the shift that, added to all log odds, fits its outcomes best (slope 1), and the
  intercept and slope that do, each improved from the step before. With them how sure they are: the information of the shift, the standard
  deviation of the slope, and whether the last step was too small to matter.

  Arguments:
    outcomes: relation of the key, label, log_odds, centred (log odds less their mean).
    before: relation of the key, shift, intercept, slope.
    key: columns of the group.
-#}
{% macro logit_step(outcomes, before, key) -%}
    select
        {{ key }},
        shift_information,
        shift + {{ newton_step('shift_score / shift_information') }} as shift,
        intercept + {{ newton_step('(information_2 * score_0 - information_1 * score_1) / determinant') }} as intercept,
        slope + {{ newton_step('(information_0 * score_1 - information_1 * score_0) / determinant') }} as slope,
        sqrt(information_0 / determinant) as slope_deviation,
        abs(information_0 * score_1 - information_1 * score_0) < 1e-3 * determinant as is_settled
    from (
        select
            *,
            -- where all scores are alike there is no slope
            case
                when information_0 * information_2 - information_1 * information_1 > 1e-9 * information_0
                    then information_0 * information_2 - information_1 * information_1
            end as determinant
        from (
            select
                {{ key }},
                shift,
                intercept,
                slope,
                sum(label - shifted) as shift_score,
                sum(shifted * (1 - shifted)) as shift_information,
                sum(label - fitted) as score_0,
                sum((label - fitted) * centred) as score_1,
                sum(fitted * (1 - fitted)) as information_0,
                sum(fitted * (1 - fitted) * centred) as information_1,
                sum(fitted * (1 - fitted) * centred * centred) as information_2
            from (
                select
                    *,
                    {{ chance_of('log_odds + shift') }} as shifted,
                    {{ chance_of('intercept + slope * centred') }} as fitted
                from {{ outcomes }}
                inner join {{ before }} using ({{ key }})
            ) as fits
            group by {{ key }}, shift, intercept, slope
        ) as sums
    ) as determined
{%- endmacro %}
