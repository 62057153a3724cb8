{#-
  Fails for each row that used the figures of a month that was not over on the row's day: the first
  of the month may lie before the day, but its figures come out after the last.

  Arguments:
    month: column with the first day of the month whose figures the row used.
-#}
{% test no_unfinished_month(model, month) %}

select
    advisor_crd,
    as_of_date,
    {{ month }}

from {{ model }}

-- written without the macro that the features use, so that a mistake in the macro is found
where {{ month }} >= {{ month_start('as_of_date') }}

{% endtest %}
