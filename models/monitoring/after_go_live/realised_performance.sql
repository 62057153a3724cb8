-- What became of the contacts of a month: order (AUC), level (expected and observed calls) and error (Brier).
with contacts as (

    select
        *,
        {{ month_start('contacted_date') }} as contact_month

    from {{ ref('scored_contacts') }}

),

-- ties in score share the mean of their ranks, from below and from above; contacts that are not ripe have a ranking of their own
ranked as (

    select
        *,
        (
            rank() over (partition by contact_month, model_version, population, is_ripe order by lead_score asc)
            - rank() over (partition by contact_month, model_version, population, is_ripe order by lead_score desc)
            + count(*) over (partition by contact_month, model_version, population, is_ripe) + 1
        ) / 2 as score_rank,
        (lead_score - label) * (lead_score - label) as squared_error

    from contacts

),

counted as (

    select
        contact_month,
        model_version,
        population,
        count(*) as contact_count,
        count(label) as ripe_count,
        sum(label) as call_count,
        count(label) - sum(label) as no_call_count,
        sum(case when is_ripe then lead_score end) as expected_calls,
        sum(case when label = 1 then score_rank end) as rank_sum,
        avg(squared_error) as brier_score,
        1.959963984540054e0 * stddev_samp(squared_error) / sqrt(nullif(count(label), 0)) as brier_margin

    from ranked

    group by contact_month, model_version, population

),

measured as (

    select
        *,
        case
            when call_count > 0 and no_call_count > 0
                then (rank_sum - call_count * (call_count + 1) / 2) / (call_count * no_call_count)
        end as auc

    from counted

),

-- no interval where the order is perfect: the formula would give one of no width
with_margins as (

    select
        *,
        case when auc > 0 and auc < 1 then {{ auc_margin('auc', 'call_count', 'no_call_count') }} end as auc_margin

    from measured

),

final as (

    select
        contact_month,
        model_version,
        population,
        contact_count = ripe_count as is_ripe,
        cast(contact_count as {{ dbt.type_bigint() }}) as contact_count,
        cast(ripe_count as {{ dbt.type_bigint() }}) as ripe_count,
        cast(call_count as {{ dbt.type_bigint() }}) as call_count,
        expected_calls,
        case when ripe_count > 0 then call_count / ripe_count end as call_rate,
        case when ripe_count > 0 then {{ wilson_bound('low', 'call_count', 'ripe_count') }} end as call_rate_low,
        case when ripe_count > 0 then {{ wilson_bound('high', 'call_count', 'ripe_count') }} end as call_rate_high,
        brier_score,
        {{ clip('brier_score - brier_margin', 0, 1) }} as brier_low,
        {{ clip('brier_score + brier_margin', 0, 1) }} as brier_high,
        auc,
        {{ clip('auc - auc_margin', 0, 1) }} as auc_low,
        {{ clip('auc + auc_margin', 0, 1) }} as auc_high

    from with_margins

)

select * from final
