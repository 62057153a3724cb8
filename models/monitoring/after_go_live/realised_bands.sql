-- What became of the contacts of a month in each tenth of the published ranking: lift, and calibration.
with contacts as (

    select
        *,
        {{ month_start('contacted_date') }} as contact_month

    from {{ ref('scored_contacts') }}

    where is_ripe

),

counted as (

    select
        contact_month,
        model_version,
        population,
        score_decile,
        count(*) as ripe_count,
        sum(label) as call_count,
        avg(lead_score) as predicted_rate

    from contacts

    group by contact_month, model_version, population, score_decile

),

rates as (

    select
        *,
        call_count / ripe_count as call_rate,
        {{ wilson_bound('low', 'call_count', 'ripe_count') }} as call_rate_low,
        {{ wilson_bound('high', 'call_count', 'ripe_count') }} as call_rate_high,
        sum(call_count) over (partition by contact_month, model_version, population)
        / sum(ripe_count) over (partition by contact_month, model_version, population) as month_rate

    from counted

),

final as (

    select
        contact_month,
        model_version,
        population,
        score_decile,
        cast(ripe_count as {{ dbt.type_bigint() }}) as ripe_count,
        cast(call_count as {{ dbt.type_bigint() }}) as call_count,
        predicted_rate,
        cast(call_rate as {{ double_type() }}) as call_rate,
        cast(call_rate_low as {{ double_type() }}) as call_rate_low,
        cast(call_rate_high as {{ double_type() }}) as call_rate_high,
        case when month_rate > 0 then call_rate / month_rate end as lift,
        case when month_rate > 0 then call_rate_low / month_rate end as lift_low,
        case when month_rate > 0 then call_rate_high / month_rate end as lift_high,
        predicted_rate between call_rate_low and call_rate_high as is_calibrated

    from rates

)

select * from final
