-- The five questions about the model in force, answered as of the day: what `lead-scoring health` shows.
with known as (
    {% for question, relation, fine, told, words, place, condition in [
        ('sources_arrived', 'source_health', 'is_usual', 'not is_usual', source_in_words(), 'subject, metric',
            'score_date = ' ~ day_var('score_date')),
        ('people_known', 'feature_drift', 'not is_drifted', 'is_drifted', drift_in_words(), 'feature', "sample = 'scored leads'"),
        ('contacts_worked', 'sales_work', 'is_worked', "owner_id = 'all owners' or not is_worked", work_in_words(), 'owner_id', 'is_newest'),
    ] %}
        select
            '{{ question }}' as question,
            {{ answer_of(fine) }} as answer,
            string_agg(case when {{ told }} then {{ words }} end, '; ' order by {{ place }}) as found

        from {{ ref(relation) }}

        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- the newest month of which something can be said
verdicts as (

    select
        verdicts.*,
        row_number() over (
            order by
                case when verdicts.verdict = 'too few to say' then 1 else 0 end asc, verdicts.contact_month desc,
                verdicts.ripe_count desc, verdicts.population asc
        ) as preference

    from {{ ref('model_verdicts') }} as verdicts

    where verdicts.model_version in (select periods.model_version from {{ ref('model_periods') }} as periods)

),

newest as (
    {% for question, words in [('order_holds', order_in_words()), ('level_holds', level_in_words())] %}
        select
            '{{ question }}' as question,
            coalesce(max({{ question }}), 'unknown') as answer,
            max(concat(population, ' contacted from ', cast(contact_month as {{ dbt.type_string() }}), ': ', {{ words }})) as found

        from verdicts

        where preference = 1
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

answers as (

    select * from known

    union all

    select * from newest

),

final as (

    select
        cast({{ question_column('order') }} as {{ dbt.type_bigint() }}) as question_order,
        {{ question_column('words') }} as question,
        answer,
        found,
        case when answer = 'no' then {{ question_column('remedy') }} end as what_to_do

    from answers

)

select * from final
