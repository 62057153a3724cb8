{#-
  Time, in one place. Every comparison of a source date with `as_of_date` goes through these
  macros; windows are (as_of_date - length, as_of_date]: open at the far end, closed at the near
  one, so that headcount(now) - headcount(a year ago) is exactly the net change of that year.
-#}


{#- The last day whose events were known on `as_of_date`: the day itself, less the vendor's lag. -#}
{% macro known_until(as_of_date) -%}
    {{ days_before(as_of_date, whole_number_var('fintrx_lag_days')) }}
{%- endmacro %}


{#- True when an event of `event_date` lies far enough before `as_of_date` to have been known then, were it delivered by then. -#}
{% macro happened_by(event_date, as_of_date) -%}
    coalesce({{ event_date }} <= {{ known_until(as_of_date) }}, false)
{%- endmacro %}


{#- True when an event of `event_date` happened by a day, in the form that an as-of join needs. -#}
{% macro happened_on_or_before(event_date, day) -%}
    {{ day }} >= {{ event_date }}
{%- endmacro %}


{#- True when an event of `event_date`, which was delivered on `known_date`, was known on `as_of_date`. -#}
{% macro known_as_of(event_date, known_date, as_of_date) -%}
    coalesce({{ event_date }} <= {{ known_until(as_of_date) }} and {{ known_date }} <= {{ as_of_date }}, false)
{%- endmacro %}


{#-
  True when a known event happened less than `months` before `as_of_date`, and no later than
  `recent_days_excluded` days before it.
-#}
{% macro known_within(event_date, known_date, as_of_date, months, recent_days_excluded=none) -%}
    (
        {{ known_as_of(event_date, known_date, as_of_date) }}
        and {{ event_date }} > {{ months_before(as_of_date, months) }}
        {%- if recent_days_excluded is not none %}
        and {{ event_date }} <= {{ days_before(as_of_date, recent_days_excluded) }}
        {%- endif %}
    )
{%- endmacro %}


{#- The first day on which `known_as_of` holds for an event. -#}
{% macro first_known_date(event_date, known_date) -%}
    greatest({{ days_after(event_date, whole_number_var('fintrx_lag_days')) }}, {{ known_date }})
{%- endmacro %}


{#- True when nothing that was known on `as_of_date` had superseded what is superseded on `superseded_date`. -#}
{% macro in_force_on(superseded_date, as_of_date) -%}
    coalesce({{ superseded_date }} > {{ as_of_date }}, true)
{%- endmacro %}


{#- The last known day before the window of `known_within`; with a lag beyond the window, none of its days is known. -#}
{% macro known_before_window(as_of_date, months) -%}
    least({{ months_before(as_of_date, months) }}, {{ known_until(as_of_date) }})
{%- endmacro %}


{#-
  True when an event of before the window of `known_within` became known only after `as_of_date`. No month is shorter
  than 28 days: what became known sooner than the window is long is left out before any day is looked at.
-#}
{% macro unknown_before_window(event_date, known_date, as_of_date, months) -%}
    (
        {{ known_date }} > {{ days_after(event_date, 28 * (months | int)) }}
        and {{ event_date }} <= {{ known_before_window(as_of_date, months) }}
        and {{ known_date }} > {{ as_of_date }}
    )
{%- endmacro %}


{#- The day by which `known_until` counts an event: its own, or a later one where it was delivered too late for that. -#}
{% macro counted_date(event_date, known_date) -%}
    greatest({{ event_date }}, {{ days_before(known_date, whole_number_var('fintrx_lag_days')) }})
{%- endmacro %}


{#- True when what became known on `known_date` was known on `as_of_date`; the vendor's lag is not of months. -#}
{% macro is_known_on(known_date, as_of_date) -%}
    coalesce({{ known_date }} <= {{ as_of_date }}, false)
{%- endmacro %}


{#- The first day after a month, given its first one: the day from which on its figures can be known. -#}
{% macro month_after(month_start_date) -%}
    cast({{ dbt.dateadd('month', 1, month_start_date) }} as date)
{%- endmacro %}


{#-
  The day under which an event is summed up: its own, or the first day on which anybody asks, if that is later. All that
  happened before the first question is one opening balance.
-#}
{% macro opening_balance_date(event_date, first_asked_date) -%}
    greatest({{ event_date }}, coalesce({{ first_asked_date }}, {{ event_date }}))
{%- endmacro %}


{#-
  Whole months from `start_date` to `end_date`. DATE_DIFF counts the month boundaries crossed on both
  engines, one too many until the day of the month has come round again.
-#}
{% macro whole_months_between(start_date, end_date) -%}
    cast(
        {{ dbt.datediff(start_date, end_date, 'month') }}
        - case when extract(day from {{ end_date }}) < extract(day from {{ start_date }}) then 1 else 0 end
        as {{ dbt.type_bigint() }}
    )
{%- endmacro %}


{#- dateadd and date_trunc return a date, a datetime or a timestamp by engine; always compare dates. -#}
{% macro days_before(date_expression, days) -%}
    cast({{ dbt.dateadd('day', 0 - (days | int), date_expression) }} as date)
{%- endmacro %}

{% macro days_after(date_expression, days) -%}
    cast({{ dbt.dateadd('day', days | int, date_expression) }} as date)
{%- endmacro %}

{% macro months_before(date_expression, months) -%}
    cast({{ dbt.dateadd('month', 0 - (months | int), date_expression) }} as date)
{%- endmacro %}

{% macro month_start(date_expression) -%}
    cast({{ dbt.date_trunc('month', date_expression) }} as date)
{%- endmacro %}


{#- Days from the first date to the second; a BIGINT on DuckDB, an INT64 on BigQuery. -#}
{% macro days_between(start_date, end_date) -%}
    {{ dbt.datediff(start_date, end_date, 'day') }}
{%- endmacro %}
