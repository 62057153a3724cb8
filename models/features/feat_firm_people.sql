-- How many advisors the firm has, and how many others it gained or lost within a year.
with firm_at_day as (

    select * from {{ ref('int_firm_at_day') }}

),

headcounts as (

    select * from {{ ref('int_firm_headcounts') }}

),

late_headcounts as (

    select * from {{ ref('int_late_headcounts') }}

),

own_changes as (

    select * from {{ ref('int_own_net_changes') }}

),

unknown_changes as (

    select * from {{ ref('int_unknown_net_changes') }}

),

on_the_day as (
    {{ as_of_join(
        'firm_at_day', 'headcounts', key='firm_crd', asked_date=known_until('as_of_date'), fact_date='changed_date',
        values={'headcount_by_day': 'headcount', 'newest_prompt_date': 'newest_moved_date'}
    ) }}
),

with_unknown as (
    {{ as_of_join(
        'on_the_day', 'late_headcounts', key='firm_crd', asked_date=known_until('as_of_date'), fact_date='changed_date',
        values={'unknown_change': 'unknown_change', 'newest_late_date': 'newest_moved_date'}
    ) }}
),

with_window as (
    {{ as_of_join(
        'with_unknown', 'headcounts', key='firm_crd',
        asked_date=known_before_window('as_of_date', whole_number_var('firm_net_change_months')), fact_date='changed_date',
        values={'headcount_before_window': 'headcount'}
    ) }}
),

-- Two clocks: the headcount of the day leaves out what was not known yet, the one of the far end goes by the days
counted as (

    select
        prediction_id,
        firm_crd,
        coalesce(headcount_by_day, 0) - coalesce(unknown_change, 0) as headcount,
        coalesce(headcount_before_window, 0) as headcount_before_window,
        case
            when newest_late_date > newest_prompt_date or newest_prompt_date is null then newest_late_date
            else newest_prompt_date
        end as newest_moved_date

    from with_window

),

final as (

    select
        counted.prediction_id,
        case when counted.firm_crd is not null then counted.headcount end as firm_rep_count_at_contact,
        cast(
            case
                when counted.firm_crd is not null
                    then
                        counted.headcount - (counted.headcount_before_window - coalesce(unknown_changes.net_change, 0))
                        - coalesce(own_changes.net_change, 0)
            end as {{ dbt.type_bigint() }}
        ) as firm_net_change_12mo,
        counted.newest_moved_date as firm_people_newest_source_date

    from counted

    left join own_changes on counted.prediction_id = own_changes.prediction_id

    left join unknown_changes on counted.prediction_id = unknown_changes.prediction_id

)

select * from final
