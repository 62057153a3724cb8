{#-
  Fails for each row that used a source date later than its own day. A null means that no source row was used, which is
  safe. That the day is the spine's is for one_row_per_prediction and one_row_per_advisor_and_day to say.

  Arguments:
    source_date: column with the newest source date that the row used.
-#}
{% test no_future_source(model, source_date) %}

select
    advisor_crd,
    as_of_date,
    {{ source_date }}

from {{ model }}

where
    {{ source_date }} is not null
    and not {{ happened_by(source_date, 'as_of_date') }}

{% endtest %}
