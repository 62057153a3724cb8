{#- Warns where too few successes are known in the model's test period to say whether it fits. -#}
{% test enough_outcomes(model, label_column='label', least_successes=30) %}

{{ config(severity='warn') }}

select
    count(*) as lead_count,
    coalesce(sum({{ label_column }}), 0) as success_count

from {{ model }}

having coalesce(sum({{ label_column }}), 0) < {{ least_successes }}

{% endtest %}
