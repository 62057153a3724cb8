{#- What follows from five questions, asked in the order of a diagnosis (models/monitoring/after_go_live/model_verdicts). -#}


{#- Whether rows are all fine, in a word: no where one is not, unknown where none is known. Null is unknown. -#}
{% macro answer_of(condition) -%}
    case
        when count(case when {{ condition }} then null else {{ condition }} end) > 0 then 'no'
        when count(case when {{ condition }} then 1 end) > 0 then 'yes'
        else 'unknown'
    end
{%- endmacro %}


{#-
  Whether days are fine: no more than one in five of those that are known is not; null where none is known. A day is not where one of its rows
  is not: one odd measure of one day says nothing of a month, a delivery that stays away for a week does.
-#}
{% macro is_fine_by_day(condition, day) -%}
    5 * count(distinct case when not {{ condition }} then {{ day }} end)
    <= nullif(count(distinct case when {{ condition }} is not null then {{ day }} end), 0)
{%- endmacro %}


{#-
  The questions: column of the answer, of the month since which the newest of its findings is not fine (none where the answer is a measure of the
  month itself), question, cause where it is no, verdict, and what to do.
-#}
{% macro diagnosis() %}
    {{ return([
        ('sources_arrived', 'sources_since', 'Did the sources arrive?', 'sources', 'look at the data',
            'Ask the vendor for what source_health names; build the days again when it has come.'),
        ('people_known', 'people_since', 'Are these the people that the model learned from?', 'people', 'look at the data',
            'Look at the features that feature_drift names: mend the source where it changed; where the people did, contact more like them, and train.'),
        ('contacts_worked', 'work_since', 'Were they called?', 'work', 'look at the work',
            'Show sales who was not called: leads that nobody calls say nothing of the model.'),
        ('order_holds', none, 'Does the order hold?', 'order', 'retrain',
            'Train on newer contacts, and promote.'),
        ('level_holds', none, 'Does the level hold?', 'level', 'recalibrate',
            'Fit the curve anew, and promote: lead-scoring recalibrate --since the first day of the first month whose level does not hold; the order holds, so the lists may be used meanwhile.'),
    ]) }}
{% endmacro %}


{#- What is asked of a month's scores: the level holds where shift and slope do (models/monitoring/after_go_live/month_fit). -#}
{% macro measures_of_fit() %}
    {{ return(['order', 'shift', 'slope']) }}
{% endmacro %}


{#- The newest earlier month of the same version and population in which a measure held; null where there is none. -#}
{% macro last_month_that_held(measure) -%}
    max(case when fit.{{ measure }}_holds = 'yes' then fit.contact_month end) over (
        partition by fit.model_version, fit.population order by fit.contact_month asc rows between unbounded preceding and 1 preceding
    )
{%- endmacro %}


{#- Whether something that has not been fine since a month began after a measure, which does not hold now, last held. -#}
{% macro is_newer_than_the_fault(since) -%}
    {%- for measure in measures_of_fit() %}
    {{ measure }}_holds = 'no' and coalesce({{ since }} > {{ measure }}_held_month, true)
    {%- if not loop.last %} or {% endif %}
    {%- endfor %}
{%- endmacro %}


{#-
  What the answers come to. Sources, people and work explain a model that is wrong, and are no reason to change one that
  is right. What was so already when a measure last held does not explain that the measure does not hold now.

  Arguments:
    of: 'cause' or 'verdict'.
-#}
{% macro diagnosed(of) -%}
    case
        when order_holds = 'unknown' and level_holds = 'unknown' then {{ "'too few to say'" if of == 'verdict' else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
        when order_holds != 'no' and level_holds != 'no' then {{ "'keep'" if of == 'verdict' else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
        {%- for column, since, _, cause, verdict, _ in diagnosis() %}
        when {{ column }} = 'no'{% if since %} and ({{ is_newer_than_the_fault(since) }}){% endif %} then '{{ verdict if of == 'verdict' else cause }}'
        {%- endfor %}
    end
{%- endmacro %}


{#- Whether rows of two relations are of the same month, model and population. -#}
{% macro same_month(one, other) -%}
    {{ one }}.contact_month = {{ other }}.contact_month
    and {{ one }}.model_version = {{ other }}.model_version
    and {{ one }}.population = {{ other }}.population
{%- endmacro %}


{#- Of a question, by its column `question`: its place ('order'), the question itself ('words') or what to do ('remedy'). -#}
{% macro question_column(which) -%}
    case question
        {%- for column, _, words, _, _, remedy in diagnosis() %}
        when '{{ column }}' then {{ {'order': loop.index, 'words': dbt.string_literal(words), 'remedy': dbt.string_literal(remedy)}[which] }}
        {%- endfor %}
    end
{%- endmacro %}


{#- A figure of model_verdicts with its interval, in words; null where it is unknown. -#}
{% macro figure_in_words(name) -%}
    concat({{ in_words(name) }}, ' (', {{ in_words(name ~ '_low') }}, ' to ', {{ in_words(name ~ '_high') }}, ')')
{%- endmacro %}


{#- What an answer rests on, in words: of rows of source_health, feature_drift, sales_work and model_verdicts. -#}
{% macro source_in_words() -%} concat(subject, ': ', metric, ' ', {{ in_words('metric_value') }}, ', usual ', {{ in_words('usual_value') }}) {%- endmacro %}

{% macro drift_in_words() -%} concat(feature, ' ', {{ in_words('stability_index') }}, ', limit ', {{ in_words('stability_limit') }}) {%- endmacro %}

{% macro work_in_words() -%}
    concat(owner_id, ' called ', {{ in_words('100 * worked_30_share') }}, ' % of ', cast(contact_count as {{ dbt.type_string() }}))
{%- endmacro %}

{% macro order_in_words() -%} 'AUC ', {{ figure_in_words('auc') }}, ', promised ', {{ in_words('promised_auc') }} {%- endmacro %}

{% macro level_in_words() -%} 'log odds off by ', {{ figure_in_words('shift') }}, ', slope ', {{ figure_in_words('slope') }} {%- endmacro %}
