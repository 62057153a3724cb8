{#- Fails for each prediction that the model lacks, repeats or moves to another day: features never drop or fan out the spine. -#}
{% test one_row_per_prediction(model) %}

select
    spine.prediction_id,
    count(features.prediction_id) as row_count

from {{ ref('int_prediction_spine') }} as spine

left join {{ model }} as features
    on spine.prediction_id = features.prediction_id and spine.as_of_date = features.as_of_date

group by spine.prediction_id

having count(features.prediction_id) != 1

{% endtest %}
