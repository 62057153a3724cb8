-- How often each score occurs on the day, and on the first day that the model in force had published.
with scores as (

    select
        model_version,
        case when starts_with(prediction_id, 'lead:') then 'leads' else 'prospects' end as population,
        lead_score

    from {{ ref(scoring_model()) }}

),

first_day as (

    select * from {{ ref('published_history') }}

    where model_version in (select scores.model_version from scores)

    qualify score_date = min(score_date) over (partition by model_version, population)

),

final as (
    {% for sample, day, relation in [
        ('reference', 'score_date', 'first_day'),
        ('scored', day_var('score_date'), 'scores'),
    ] %}
        select
            model_version,
            '{{ sample }}' as sample,
            {{ day }} as sample_date,
            concat('score of ', population) as feature,
            lead_score as feature_value,
            cast(count(*) as {{ dbt.type_bigint() }}) as row_count

        from {{ relation }}

        group by model_version, sample_date, population, lead_score
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from final
