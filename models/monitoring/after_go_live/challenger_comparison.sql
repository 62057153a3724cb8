-- Champion and challenger on the same contacts: which of the two was nearer to what came, so far and by month.
with contacts as (

    select * from {{ ref('challenger_contacts') }}

),

-- so far (no month) and by month, of everybody and of each population
parts as (
    {% for month, population in [
        ('cast(null as date)', "'all'"), ('cast(null as date)', 'population'), ('contact_month', "'all'"), ('contact_month', 'population'),
    ] %}
        select
            champion_version,
            challenger_version,
            {{ month }} as contact_month,
            {{ population }} as population,
            is_ripe,
            label,
            champion_score,
            challenger_score,
            champion_decile,
            challenger_decile,
            challenger_log_score - champion_log_score as gain

        from contacts
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

measured as (

    select
        champion_version,
        challenger_version,
        contact_month,
        population,
        count(*) as contact_count,
        count(label) as ripe_count,
        sum(label) as call_count,
        sum(case when is_ripe then champion_score end) as champion_expected_calls,
        sum(case when is_ripe then challenger_score end) as challenger_expected_calls,
        avg(gain) as mean_gain,
        stddev_samp(gain) as gain_deviation,
        count(case when champion_decile = 1 and challenger_decile > 1 then label end) as only_champion_count,
        sum(case when champion_decile = 1 and challenger_decile > 1 then label end) as only_champion_calls,
        count(case when challenger_decile = 1 and champion_decile > 1 then label end) as only_challenger_count,
        sum(case when challenger_decile = 1 and champion_decile > 1 then label end) as only_challenger_calls

    from parts

    group by champion_version, challenger_version, contact_month, population

),

with_margins as (

    select
        *,
        case when call_count >= 10 and ripe_count - call_count >= 10 then {{ sequence_margin('gain_deviation', 'ripe_count') }} end as gain_margin

    from measured

),

final as (

    select
        champion_version,
        challenger_version,
        contact_month,
        population,
        contact_count = ripe_count as is_ripe,
        cast(contact_count as {{ dbt.type_bigint() }}) as contact_count,
        cast(ripe_count as {{ dbt.type_bigint() }}) as ripe_count,
        cast(call_count as {{ dbt.type_bigint() }}) as call_count,
        champion_expected_calls,
        challenger_expected_calls,
        mean_gain,
        mean_gain - gain_margin as mean_gain_low,
        mean_gain + gain_margin as mean_gain_high,
        case
            when mean_gain - gain_margin > 0 then 'challenger'
            when mean_gain + gain_margin < 0 then 'champion'
            else 'cannot tell'
        end as better_version,
        cast(only_champion_count as {{ dbt.type_bigint() }}) as only_champion_count,
        cast(only_champion_calls as {{ dbt.type_bigint() }}) as only_champion_calls,
        cast(only_challenger_count as {{ dbt.type_bigint() }}) as only_challenger_count,
        cast(only_challenger_calls as {{ dbt.type_bigint() }}) as only_challenger_calls

    from with_margins

)

select * from final
