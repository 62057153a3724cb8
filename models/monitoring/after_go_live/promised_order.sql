-- The order that the published chances of a month's contacts promise: the AUC that they lead to if each is right.
{%- set key = 'contact_month, model_version, population' %}
with contacts as (

    select
        *,
        {{ month_start('contacted_date') }} as contact_month

    from {{ ref('scored_contacts') }}
    where is_ripe

),

scores as (

    select
        {{ key }},
        lead_score,
        sum(lead_score) as calls,
        sum(1 - lead_score) as no_calls,
        sum(lead_score * (1 - lead_score)) as with_oneself

    from contacts
    group by {{ key }}, lead_score

),

-- pairs of a call and no call in which the call has the higher score; equal ones count half
pairs as (

    select
        *,
        calls * (sum(no_calls) over (partition by {{ key }} order by lead_score) - no_calls / 2) - with_oneself / 2 as in_order

    from scores

)

select
    {{ key }},
    sum(in_order) / nullif(sum(calls) * sum(no_calls) - sum(with_oneself), 0) as promised_auc

from pairs

group by {{ key }}
