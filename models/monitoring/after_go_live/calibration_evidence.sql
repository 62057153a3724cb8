-- Evidence, day by day, that calls come more or less often than was said by more than the tolerance.
with terms as (select * from {{ ref('calibration_terms') }}),

answers as (select * from {{ ref('acknowledged_alerts') }}),

-- what ripens after an acknowledgement begins anew
restarted as (

    select
        terms.*,
        (
            select count(*) from answers
            where
                terms.model_version = answers.model_version and terms.process = answers.process and terms.ripe_date > answers.acknowledged_date
        ) as restart_count

    from terms

),

running as (

    select
        *,
        sum(contact_count) over so_far as contacts_so_far,
        sum(call_count) over so_far as calls_so_far,
        sum(expected_calls) over so_far as expected_so_far,
        sum(log_ratio) over so_far as log_ratio_so_far,
        row_number() over (
            partition by model_version, process, restart_count, direction, step, {{ month_start('ripe_date') }} order by ripe_date
        ) as day_of_month

    from restarted

    window so_far as (partition by model_version, process, restart_count, direction, step order by ripe_date)

),

-- a bet on a change begins with each month: what was right for a year must not hide what is wrong since yesterday
bets as (

    select
        *,
        row_number() over (partition by model_version, process, restart_count, direction, step order by ripe_date) as bet_number

    from running

    where day_of_month = 1

),

weighed as (

    select
        running.*,
        bets.bet_number,
        running.log_ratio_so_far - (bets.log_ratio_so_far - bets.log_ratio) as log_ratio_since

    from running

    inner join bets
        on
            running.model_version = bets.model_version and running.process = bets.process and running.direction = bets.direction
            and running.step = bets.step and running.restart_count = bets.restart_count and running.ripe_date >= bets.ripe_date

),

-- the mean over bets and multipliers, taken out of the exponent's reach by the largest
scaled as (

    select
        *,
        greatest(max(log_ratio_since) over (partition by model_version, process, ripe_date, direction), 0) as largest,
        {{ bet_weight('bet_number') }} / count(*) over (partition by model_version, process, ripe_date, direction, bet_number) as share

    from weighed

),

final as (

    select
        model_version,
        process,
        direction,
        ripe_date,
        cast(restart_count as {{ dbt.type_bigint() }}) as restart_count,
        cast(max(contacts_so_far) as {{ dbt.type_bigint() }}) as contact_count,
        cast(max(calls_so_far) as {{ dbt.type_bigint() }}) as call_count,
        max(expected_so_far) as expected_calls,
        max(largest) + ln(sum(share * exp(log_ratio_since - largest)) + (1 - sum(share)) * exp(-max(largest))) as log_evidence,
        {{ log_evidence_limit('process') }} as log_evidence_limit

    from scaled

    group by model_version, process, direction, ripe_date, restart_count

)

select * from final
