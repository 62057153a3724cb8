-- What to do about a model, month by month: five questions in the order of a diagnosis, and the first that is answered with no.
{%- set tolerance = number_var('calibration_tolerance_odds') %}
with answers as (

    select * from {{ ref('month_answers') }}

),

logits as (

    select * from {{ ref('realised_logits') }}

),

orders as (

    select * from {{ ref('promised_order') }}

),

measured as (

    select
        answers.*,
        orders.promised_auc,
        logits.shift,
        logits.shift_low,
        logits.shift_high,
        logits.slope,
        logits.slope_low,
        logits.slope_high,
        coalesce(answers.expected_calls >= 10 and answers.is_ripe, false) as is_enough,
        -- three quarters of what the scores promise above chance
        0.5e0 + 0.75e0 * (orders.promised_auc - 0.5e0) as needed_auc

    from answers

    left join logits
        on {{ same_month('answers', 'logits') }}

    left join orders
        on {{ same_month('answers', 'orders') }}

),

answered as (

    select
        *,
        case
            when not is_enough or auc_high is null then 'unknown'
            when auc_high < needed_auc then 'no'
            else 'yes'
        end as order_holds,
        case
            when not is_enough then 'unknown'
            -- without a call there is no shift, and the highest rate is known all the same
            when call_rate_high * ripe_count * {{ tolerance }} < expected_calls then 'no'
            when shift_low > ln({{ tolerance }}) or shift_high < -ln({{ tolerance }}) then 'no'
            when slope_low > {{ tolerance }} or slope_high < 1 / {{ tolerance }} then 'no'
            else 'yes'
        end as level_holds

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
        sources_arrived,
        people_known,
        contacts_worked,
        order_holds,
        level_holds,
        {{ diagnosed('cause') }} as cause,
        {{ diagnosed('verdict') }} as verdict

    from answered

)

select * from final
