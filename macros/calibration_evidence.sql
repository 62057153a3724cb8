{#- Whether published chances are still right, as evidence that may be looked at every day (decision 0021). -#}


{#-
  The processes: name, condition over scored_contacts, and who is meant, in words. The first one covers every contact;
  the others look for what it cannot see, and share one error rate.
-#}
{% macro monitored_processes() %}
    {{ return([
        ('all', 'true', 'all contacts'),
        ('leads', "population = 'leads'", 'leads that were scored as leads'),
        ('prospects', "population = 'prospects'", 'leads that were last scored as prospects'),
        ('golden cohort', 'is_golden_cohort', 'the golden cohort'),
        ('tenth 1', 'score_decile = 1', 'the best tenth of the ranking'),
        ('tenths 2 to 5', 'score_decile between 2 and 5', 'tenths 2 to 5 of the ranking'),
        ('tenths 6 to 10', 'score_decile between 6 and 10', 'tenths 6 to 10 of the ranking'),
    ]) }}
{% endmacro %}


{#-
  Eight odds multipliers beyond the tolerated one each way, from 1.1 times it to 4, in equal steps of the logarithm. A
  select of direction ('more' or 'fewer' calls than said), step (1 to 8), odds, and the tolerated odds that they are held against.
-#}
{% macro odds_multipliers() -%}
    {%- set tolerated = number_var('calibration_tolerance_odds') -%}
    {%- for direction in ['more', 'fewer'] -%} {%- set outer = loop -%}
        {%- for step in range(8) -%}
            {%- set odds = 1.1 * tolerated * (4 / (1.1 * tolerated)) ** (step / 7) -%}
            {%- set power = 1 if direction == 'more' else -1 %}
    select '{{ direction }}' as direction, {{ step + 1 }} as step, {{ '%.17e' | format(odds ** power) }} as odds, {{ '%.17e' | format(tolerated ** power) }} as tolerated_odds
            {%- if not (loop.last and outer.last) %} union all {% endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}


{#-
  Evidence of one contact for odds multiplied by `odds`, against `tolerated_odds`: the logarithm of the ratio of their
  likelihoods. Defined for chances of 0 and 1, and never more than the logarithm of odds over tolerated_odds.
-#}
{% macro log_likelihood_ratio(label, chance) -%}
    {{ label }} * ln(odds / tolerated_odds)
    + ln((1 - {{ chance }} + tolerated_odds * {{ chance }}) / (1 - {{ chance }} + odds * {{ chance }}))
{%- endmacro %}


{#-
  What a bet weighs that begins with the nth month, 1 / (n (n + 1)): all together one, so that their weighted sum is a test
  supermartingale as each of them is, and Ville's inequality holds for it. What no bet holds yet counts as 1.
-#}
{% macro bet_weight(n) -%} 1e0 / ({{ n }} * ({{ n }} + 1)) {%- endmacro %}


{#- The evidence, as a logarithm, at which a process alarms: 40 each way is 5 %; the processes of parts share 5 %. -#}
{% macro log_evidence_limit(process) -%}
    case when {{ process }} = 'all' then ln(40e0) else ln({{ 40 * (monitored_processes() | length - 1) }}e0) end
{%- endmacro %}


{#- What to do about an alarm, in words; docs/guides/monitoring.md says more. -#}
{% macro alert_remedy(process) -%}
    case
        when {{ process }} = 'all'
            then 'Look at collapse_metrics, then at realised_performance: where the AUC holds, lead-scoring recalibrate --since the first day of the first month whose level does not hold, and promote; where it fell, look at the features first.'
        else 'Look at these people in realised_bands and at whether they were called; where they were, train on data that hold more of them, and promote.'
    end
{%- endmacro %}
