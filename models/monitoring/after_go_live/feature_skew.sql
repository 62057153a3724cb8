-- Features as they were scored, held against those that this build makes for the same lead and day: skew between what is
-- served and what is learned from. What was delivered late and not archived shows here, and so does a change of the SQL.
{%- set first_day = days_before(day_var('score_date'), whole_number_var('batch_days')) %}
with served as (

    select * from {{ ref('scored_features') }}

    where score_date >= {{ first_day }} and score_date < {{ day_var('score_date') }}

),

recomputed as (

    select * from {{ ref('lead_scoring_features_pit') }}

),

-- of the same day: an open lead is scored as of its contact each day, and anybody else as of the score date
paired as (

    select
        {% for feature in contract_features() %}
            case when served.{{ feature }} is distinct from recomputed.{{ feature }} then 1 else 0 end as {{ feature }},
        {% endfor %}
        served.score_date

    from served

    inner join recomputed
        on served.prediction_id = recomputed.prediction_id and served.as_of_date = recomputed.as_of_date

),

final as (
    {% for feature in contract_features() %}
        select
            score_date,
            '{{ feature }}' as feature,
            cast(count(*) as {{ dbt.type_bigint() }}) as lead_count,
            cast(sum({{ feature }}) as {{ dbt.type_bigint() }}) as differing_count

        from paired

        group by score_date

        {% if not loop.last %}union all{% endif %}
    {% else %}
        select
            score_date,
            cast(null as {{ dbt.type_string() }}) as feature,
            cast(null as {{ dbt.type_bigint() }}) as lead_count,
            cast(null as {{ dbt.type_bigint() }}) as differing_count

        from paired
    {% endfor %}
)

select * from final
