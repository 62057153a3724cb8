-- A CRD column exported as floats once sent every lead without its advisor: all scored alike, no test failed, and
-- most of the call list was in Salesforce already. What is beyond the seed collapse_limits fails here, before
-- publication, and the error says in words what changed how. The first build knows no other: limits that compare
-- with the last published build do not apply to it. A measure that is null, since there was nothing to take it of,
-- counts as 0. A limit whose measure does not exist would guard nothing, so it fails too.
{% set last_build = last_build_metrics() -%}
with metrics as (

    select * from {{ ref('collapse_metrics') }}

),

limits as (

    select * from {{ ref('collapse_limits') }}

),

last_build as (

    {{ last_build }}

),

compared as (

    select
        limits.*,
        metrics.metric_value,
        metrics.metric is not null as is_measured,
        last_build.metric_value as last_value,
        case
            when limits.compared_with = 'nothing' then coalesce(metrics.metric_value, 0)
            when last_build.metric_value > 0 then coalesce(metrics.metric_value, 0) / last_build.metric_value
        end as judged_value

    from limits

    left join metrics on limits.subject = metrics.subject and limits.metric = metrics.metric

    left join last_build on limits.subject = last_build.subject and limits.metric = last_build.metric

),

collapsed as (

    select concat(subject, ': ', metric, ' is no measure of collapse_metrics, so its limit guards nothing.') as in_words

    from compared

    where not is_measured

    union all

    select
        concat(
            subject, ': ', metric, ' ', {{ in_words('metric_value') }},
            case
                when compared_with = 'last build'
                    then concat(
                        ' after ', {{ in_words('last_value') }}, ' in the last build, ',
                        {{ in_words('judged_value') }}, ' times as much'
                    )
                else ''
            end,
            case
                when judged_value < at_least then concat('; at least ', {{ in_words('at_least') }})
                else concat('; at most ', {{ in_words('at_most') }})
            end,
            ' is expected. ', why
        ) as in_words

    from compared

    where is_measured and (judged_value < at_least or judged_value > at_most)

),

-- an engine's error is the only text of a test that dbt prints
final as (

    select
        count(*) as collapsed_count,
        case when count(*) > 0 then error(concat({{ collapse_message() }})) end as in_words

    from collapsed

)

-- without in_words in the filter an engine that only counts rows would not say it
select * from final where collapsed_count > 0 and in_words is not null
