{#- Fails where the best tenth by rank converts no more often, against all, than model_targets asks for. -#}
{% test top_decile_lift_reaches_target(
    model, label_column='label', rank_column='uncalibrated_score', key_column='prediction_id'
) %}

{{ config(fail_calc='coalesce(max(severity), 0)', warn_if='>= 1', error_if='>= 2') }}

with ranked as (

    select
        {{ label_column }} as label,
        ntile(10) over (order by {{ rank_column }} desc, {{ key_column }}) as tenth

    from {{ model }}

),

figures as (

    select
        avg(case when tenth = 1 then label end) / nullif(avg(label), 0) as lift,
        sum(label) as success_count

    from ranked

)

select
    figures.lift,
    targets.at_least,
    {{ severity_by_successes('figures.success_count') }} as severity

from figures

inner join {{ ref('model_targets') }} as targets
    on targets.metric = 'top_decile_lift' and figures.lift <= targets.at_least

{% endtest %}
