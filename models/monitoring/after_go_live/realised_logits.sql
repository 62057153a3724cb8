-- Slope and shift of the log odds that were published, against the outcomes of a month.
{%- set key = 'contact_month, model_version, population' %}
with contacts as (

    select
        model_version,
        population,
        label,
        {{ month_start('contacted_date') }} as contact_month,
        {{ log_odds('lead_score') }} as log_odds

    from {{ ref('scored_contacts') }}

    where is_ripe

),

-- centred, so that intercept and slope are told apart
outcomes as (

    select
        *,
        log_odds - avg(log_odds) over (partition by {{ key }}) as centred

    from contacts

),

-- a month of one class has neither
step_0 as (

    select
        {{ key }},
        0e0 as shift,
        avg(log_odds) as intercept,
        1e0 as slope

    from outcomes

    group by {{ key }}

    having sum(label) > 0 and sum(label) < count(*)

),

-- Newton's method
{% for step in range(1, 9) %}
    step_{{ step }} as (
        {{ logit_step('outcomes', 'step_' ~ (step - 1), key) }}
    ),

{% endfor %}

final as (

    select
        {{ key }},
        shift,
        shift - 1.959963984540054e0 / sqrt(shift_information) as shift_low,
        shift + 1.959963984540054e0 / sqrt(shift_information) as shift_high,
        case when is_settled then slope end as slope,
        case when is_settled then slope - 1.959963984540054e0 * slope_deviation end as slope_low,
        case when is_settled then slope + 1.959963984540054e0 * slope_deviation end as slope_high

    from step_8

)

select * from final
