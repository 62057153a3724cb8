-- What the contacts that ripened on a day say for each odds multiplier beyond the tolerance.
with contacts as (

    select * from {{ ref('scored_contacts') }}

    where is_ripe

),

multipliers as (
    {{ odds_multipliers() }}
),

-- few rows a day, before they are counted for each process that they belong to
cells as (

    select
        contacts.model_version,
        contacts.ripe_date,
        contacts.population,
        contacts.is_golden_cohort,
        contacts.score_decile,
        multipliers.direction,
        multipliers.step,
        multipliers.odds,
        count(*) as contact_count,
        sum(contacts.label) as call_count,
        sum(contacts.lead_score) as expected_calls,
        sum({{ log_likelihood_ratio('contacts.label', 'contacts.lead_score') }}) as log_ratio

    from contacts

    cross join multipliers

    group by
        contacts.model_version, contacts.ripe_date, contacts.population, contacts.is_golden_cohort,
        contacts.score_decile, multipliers.direction, multipliers.step, multipliers.odds

),

members as (
    {% for process, condition, _ in monitored_processes() %}
        select
            *,
            '{{ process }}' as process

        from cells

        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (

    select
        model_version,
        process,
        ripe_date,
        direction,
        cast(step as {{ dbt.type_bigint() }}) as step,
        odds,
        cast(sum(contact_count) as {{ dbt.type_bigint() }}) as contact_count,
        cast(sum(call_count) as {{ dbt.type_bigint() }}) as call_count,
        sum(expected_calls) as expected_calls,
        sum(log_ratio) as log_ratio

    from members

    group by model_version, process, ripe_date, direction, step, odds

)

select * from final
