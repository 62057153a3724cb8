-- Whether as much was delivered, and as soon, as on the 60 days before: of today, and of each day that was published.
with metrics as (

    select
        {{ day_var('score_date') }} as score_date,
        subject,
        metric,
        metric_value

    from {{ ref('collapse_metrics') }}

    union all

    select
        score_date,
        subject,
        metric,
        metric_value

    from ({{ earlier_build_metrics(whole_number_var('monitored_days')) }}) as earlier

),

sources as (

    select * from metrics

    where subject not like 'scored %'

),

compared as (

    select
        sources.score_date,
        sources.subject,
        sources.metric,
        sources.metric_value,
        avg(usual.metric_value) as usual_value,
        max(usual.metric_value) as highest_value,
        min(usual.score_date) as first_usual_date

    from sources

    left join sources as usual
        on
            sources.subject = usual.subject
            and sources.metric = usual.metric
            and sources.score_date > usual.score_date
            and {{ days_before('sources.score_date', 60) }} <= usual.score_date

    group by sources.score_date, sources.subject, sources.metric, sources.metric_value

),

final as (

    select
        score_date,
        subject,
        metric,
        metric_value,
        usual_value,
        case
            when metric_value is null or usual_value is null then cast(null as {{ dbt.type_boolean() }})
            -- until it has been seen to grow from one month to the next, each day's is the highest so far
            when metric like '%newest month%' and first_usual_date > {{ days_before('score_date', 31) }} then cast(null as {{ dbt.type_boolean() }})
            when metric like 'days since %' then metric_value <= highest_value + 5
            -- new rows come by season, and by chance
            when metric like '%days%' then metric_value + 2 * sqrt(metric_value + 1) >= usual_value * 2 / 3
            else metric_value >= 0.9e0 * usual_value
        end as is_usual

    from compared

)

select * from final
