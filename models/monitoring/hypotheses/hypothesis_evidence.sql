-- Evidence for the business's hypotheses: conversion of the labelled leads by band, with intervals.
{%- set hypotheses = [
    ('mobility', [
        ('no move in 3 years', 'pit_moves_3yr = 0'),
        ('1 move', 'pit_moves_3yr = 1'),
        ('2 moves', 'pit_moves_3yr = 2'),
        ('3 moves or more', 'pit_moves_3yr >= 3'),
    ]),
    ('bleeding firm', [
        ('gained advisors in a year', 'firm_net_change_12mo > 0'),
        ('neither gained nor lost', 'firm_net_change_12mo = 0'),
        ('lost 1 to 10', 'firm_net_change_12mo between -10 and -1'),
        ('lost more than 10', 'firm_net_change_12mo < -10'),
    ]),
    ('flight risk', [
        ('0 or less', 'flight_risk_score <= 0'),
        ('1 to 10', 'flight_risk_score between 1 and 10'),
        ('11 to 50', 'flight_risk_score between 11 and 50'),
        ('above 50', 'flight_risk_score > 50'),
    ]),
] %}
with united as (
    {% for hypothesis, bands in hypotheses %}
        {{ conversion_by_band(hypothesis, bands) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (

    select
        hypothesis,
        cast(band_order as {{ dbt.type_bigint() }}) as band_order,
        band,
        cast(lead_count as {{ dbt.type_bigint() }}) as lead_count,
        cast(conversion_count as {{ dbt.type_bigint() }}) as conversion_count,
        cast(conversion_rate as {{ double_type() }}) as conversion_rate,
        cast(rate_low as {{ double_type() }}) as rate_low,
        cast(rate_high as {{ double_type() }}) as rate_high

    from united

)

select * from final
