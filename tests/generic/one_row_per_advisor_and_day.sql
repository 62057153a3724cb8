{#- Fails for each advisor and day of the spine that the model lacks or repeats: no lead is left without what was known. -#}
{% test one_row_per_advisor_and_day(model) %}

with asked as (

    select distinct
        advisor_crd,
        as_of_date

    from {{ ref('int_prediction_spine') }}

    where advisor_crd is not null

)

select
    asked.advisor_crd,
    asked.as_of_date,
    count(features.advisor_crd) as row_count

from asked

left join {{ model }} as features
    on asked.advisor_crd = features.advisor_crd and asked.as_of_date = features.as_of_date

group by asked.advisor_crd, asked.as_of_date

having count(features.advisor_crd) != 1

{% endtest %}
