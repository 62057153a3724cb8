-- How often each value of each feature occurs among the people that a model learned from, was judged on, and meets now.
with contacted as (

    select * from {{ ref('lead_training_set') }}

),

scored as (

    select * from {{ ref('lead_scoring_features') }}

),

periods as (

    select * from {{ ref('model_periods') }}

),

people as (
    {% for sample, month, condition in [
        ('reference', 'cast(null as date)', 'contacted_date between learned_from_date and learned_until_date'),
        ('judged', 'cast(null as date)', 'contacted_date between judged_from_date and judged_until_date'),
        ('contacts', month_start('contacted_date'), 'contacted_date > learned_until_date'),
        ('scored leads', month_start(day_var('score_date')), 'lead_id is not null'),
        ('scored prospects', month_start(day_var('score_date')), 'lead_id is null'),
    ] %}
        select
            '{{ sample }}' as sample,
            {{ month }} as sample_date,
            periods.model_version,
            {{ contract_features() | join(', ') or '*' }}

        from {{ 'scored' if sample.startswith('scored') else 'contacted' }}

        cross join periods

        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    {% for feature in contract_features() or ['*'] %}
        select
            model_version,
            sample,
            sample_date,
            '{{ feature }}' as feature,
            cast({{ feature }} as {{ double_type() }}) as feature_value,
            cast(count(*) as {{ dbt.type_bigint() }}) as row_count

        from people

        group by model_version, sample, sample_date, {{ feature }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from final
