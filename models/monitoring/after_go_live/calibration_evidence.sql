-- Evidence, day by day, that calls come more or less often than was said by more than the tolerance.
with terms as (

    select * from {{ ref('calibration_terms') }}

),

acknowledged as (

    select * from {{ ref('acknowledged_alerts') }}

),

-- what ripens after an acknowledgement begins anew
restarted as (

    select
        terms.model_version,
        terms.process,
        terms.ripe_date,
        terms.direction,
        terms.step,
        terms.contact_count,
        terms.call_count,
        terms.expected_calls,
        terms.log_ratio,
        count(acknowledged.acknowledged_date) as restart_count

    from terms

    left join acknowledged
        on
            terms.model_version = acknowledged.model_version
            and terms.process = acknowledged.process
            and terms.ripe_date > acknowledged.acknowledged_date

    group by
        terms.model_version, terms.process, terms.ripe_date, terms.direction, terms.step,
        terms.contact_count, terms.call_count, terms.expected_calls, terms.log_ratio

),

running as (

    select
        model_version,
        process,
        restart_count,
        ripe_date,
        direction,
        step,
        sum(contact_count) over so_far as contact_count,
        sum(call_count) over so_far as call_count,
        sum(expected_calls) over so_far as expected_calls,
        sum(log_ratio) over so_far as log_ratio

    from restarted

    window so_far as (partition by model_version, process, restart_count, direction, step order by ripe_date)

),

-- the mean over the multipliers, taken out of the exponent's reach by the largest
scaled as (

    select
        *,
        max(log_ratio) over (partition by model_version, process, ripe_date, direction) as largest

    from running

),

final as (

    select
        model_version,
        process,
        direction,
        ripe_date,
        cast(restart_count as {{ dbt.type_bigint() }}) as restart_count,
        cast(max(contact_count) as {{ dbt.type_bigint() }}) as contact_count,
        cast(max(call_count) as {{ dbt.type_bigint() }}) as call_count,
        max(expected_calls) as expected_calls,
        max(largest) + ln(sum(exp(log_ratio - largest)) / count(*)) as log_evidence,
        {{ log_evidence_limit('process') }} as log_evidence_limit

    from scaled

    group by model_version, process, direction, ripe_date, restart_count

)

select * from final
