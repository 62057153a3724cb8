-- Whether order and level of a month's contacts, the latter by shift and slope of the log odds, are what the scores promised.
{%- set tolerance = number_var('calibration_tolerance_odds') %}
with performance as (

    select * from {{ ref('realised_performance') }}

),

logits as (

    select * from {{ ref('realised_logits') }}

),

orders as (

    select * from {{ ref('promised_order') }}

),

measured as (

    select
        performance.*,
        orders.promised_auc,
        logits.shift,
        logits.shift_low,
        logits.shift_high,
        logits.slope,
        logits.slope_low,
        logits.slope_high,
        coalesce(performance.expected_calls >= 10 and performance.is_ripe, false) as is_enough

    from performance

    left join logits on {{ same_month('performance', 'logits') }}

    left join orders on {{ same_month('performance', 'orders') }}

),

answered as (

    select
        *,
        case
            when not is_enough or auc_high is null then 'unknown'
            -- three quarters of what the scores promise above chance
            when auc_high < 0.5e0 + 0.75e0 * (promised_auc - 0.5e0) then 'no'
            else 'yes'
        end as order_holds,
        case
            when not is_enough then 'unknown'
            -- without a call there is no shift, and the highest rate is known all the same
            when call_rate_high * ripe_count * {{ tolerance }} < expected_calls then 'no'
            when shift_low > ln({{ tolerance }}) or shift_high < -ln({{ tolerance }}) then 'no'
            else 'yes'
        end as shift_holds,
        case
            when not is_enough or slope is null then 'unknown'
            when slope_low > {{ tolerance }} or slope_high < 1 / {{ tolerance }} then 'no'
            else 'yes'
        end as slope_holds

    from measured

),

final as (

    select
        contact_month,
        model_version,
        population,
        is_ripe,
        ripe_count,
        call_count,
        expected_calls,
        auc,
        auc_low,
        auc_high,
        promised_auc,
        shift,
        shift_low,
        shift_high,
        slope,
        slope_low,
        slope_high,
        order_holds,
        shift_holds,
        slope_holds,
        case when 'no' in (shift_holds, slope_holds) then 'no' else shift_holds end as level_holds

    from answered

)

select * from final
