{#-
  Fails for each row that used a source date later than its own day. A null means that no source
  row was used, which is safe. Rows are compared with their day as it stands in the spine.

  Arguments:
    source_date: column with the newest source date that the row used.
-#}
{% test no_future_source(model, source_date) %}

select
    spine.prediction_id,
    spine.as_of_date,
    features.{{ source_date }}

from {{ model }} as features

inner join {{ ref('int_prediction_spine') }} as spine
    on features.prediction_id = spine.prediction_id

where
    features.{{ source_date }} is not null
    and not {{ happened_by('features.' ~ source_date, 'spine.as_of_date') }}

{% endtest %}
