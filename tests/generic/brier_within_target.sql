{#- Fails where the mean squared error of the probability reaches the bound in model_targets. -#}
{% test brier_within_target(model, label_column='label', score_column='lead_score') %}

{{ config(fail_calc='coalesce(max(severity), 0)', warn_if='>= 1', error_if='>= 2') }}

with figures as (

    select
        avg(({{ score_column }} - {{ label_column }}) * ({{ score_column }} - {{ label_column }})) as brier,
        sum({{ label_column }}) as success_count

    from {{ model }}

)

select
    figures.brier,
    targets.at_most,
    {{ severity_by_successes('figures.success_count') }} as severity

from figures

inner join {{ ref('model_targets') }} as targets
    on targets.metric = 'brier' and figures.brier >= targets.at_most

{% endtest %}
