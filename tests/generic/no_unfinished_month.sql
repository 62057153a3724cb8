{#-
  Fails for each row that used the figures of a month that was not over on the row's day: the first
  of the month may lie before the day, but its figures come out after the last.

  Arguments:
    month: column with the first day of the month whose figures the row used.
-#}
{% test no_unfinished_month(model, month) %}

select
    spine.prediction_id,
    spine.as_of_date,
    features.{{ month }}

from {{ model }} as features

inner join {{ ref('int_prediction_spine') }} as spine
    on features.prediction_id = spine.prediction_id

-- written without the macro that the features use, so that a mistake in the macro is found
where features.{{ month }} >= {{ month_start('spine.as_of_date') }}

{% endtest %}
