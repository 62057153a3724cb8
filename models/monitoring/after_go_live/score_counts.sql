-- How often each score, to the millionth, occurs on the day, and on the first day that the model in force had published.
-- Nearly each person has a score of their own, and their tenths are told apart by far fewer digits.
with scores as (

    select
        model_version,
        case when starts_with(prediction_id, 'lead:') then 'leads' else 'prospects' end as population,
        lead_score

    from {{ ref(scoring_model()) }}

),

first_dates as (

    select
        model_version,
        population,
        min(score_date) as score_date

    from {{ ref('published_history') }}

    group by model_version, population

),

-- Months of days are published: a window over all of them would sort each person of each day, and a CTE that is read twice
-- would be copied by DuckDB.
first_day as (

    select published.*

    from {{ ref('published_history') }} as published

    inner join first_dates
        on
            published.model_version = first_dates.model_version
            and published.population = first_dates.population
            and published.score_date = first_dates.score_date

    where published.model_version in (select scores.model_version from scores)

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
            round(lead_score * 1e6) / 1e6 as feature_value,
            cast(count(*) as {{ dbt.type_bigint() }}) as row_count

        from {{ relation }}

        group by model_version, sample_date, population, feature_value
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from final
