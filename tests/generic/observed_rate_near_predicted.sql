{#-
  Fails for each band of equal counts, by score, in which the mean predicted rate lies outside the
  Wilson interval of the observed one.

  z = 2.81 fails each of ten bands of a perfect model with a chance of 0.5 %, all together 5 %.
-#}
{% test observed_rate_near_predicted(
    model, label_column='label', score_column='lead_score', key_column='prediction_id', bands=10, z=2.81
) %}

{{ config(fail_calc='coalesce(max(severity), 0)', warn_if='>= 1', error_if='>= 2') }}

with banded as (

    select
        {{ label_column }} as label,
        {{ score_column }} as score,
        ntile({{ bands }}) over (order by {{ score_column }}, {{ key_column }}) as band

    from {{ model }}

),

rates as (

    select
        band,
        count(*) as lead_count,
        avg(score) as predicted_rate,
        sum(label) as conversion_count,
        sum(sum(label)) over () as success_count

    from banded

    group by band

),

intervals as (

    select
        *,
        {{ wilson_bound('low', 'conversion_count', 'lead_count', z * z) }} as lowest,
        {{ wilson_bound('high', 'conversion_count', 'lead_count', z * z) }} as highest

    from rates

)

select
    band,
    lead_count,
    predicted_rate,
    conversion_count / lead_count as observed_rate,
    {{ severity_by_successes('success_count') }} as severity

from intervals

where predicted_rate not between lowest and highest

{% endtest %}
