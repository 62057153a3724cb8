-- How many advisors the firm has, and how many others it gained or lost within a year.
with firm_at_day as (

    select
        advisor_crd,
        as_of_date,
        firm_crd

    from {{ ref('int_firm_at_day') }}

),

headcounts as (

    select * from {{ ref('int_firm_headcounts') }}

),

own_changes as (

    select * from {{ ref('int_own_net_changes') }}

),

unknown_changes as (

    select * from {{ ref('int_unknown_net_changes') }}

),

on_the_day as (
    {{ as_of_join(
        'firm_at_day', 'headcounts', columns=['advisor_crd', 'as_of_date', 'firm_crd'], key='firm_crd',
        asked_date=known_until('as_of_date'), fact_date='changed_date',
        values={'headcount_now': 'known_headcount', 'newest_moved_date': 'newest_moved_date'}
    ) }}
),

with_window as (
    {{ as_of_join(
        'on_the_day', 'headcounts',
        columns=['advisor_crd', 'as_of_date', 'firm_crd', 'headcount_now', 'newest_moved_date'], key='firm_crd',
        asked_date=known_before_window('as_of_date', whole_number_var('firm_net_change_months')), fact_date='changed_date',
        values={'headcount_before': 'headcount'}
    ) }}
),

final as (

    select
        with_window.advisor_crd,
        with_window.as_of_date,
        case when with_window.firm_crd is not null then coalesce(with_window.headcount_now, 0) end as firm_rep_count_at_contact,
        case
            when with_window.firm_crd is not null
                then cast(
                    coalesce(with_window.headcount_now, 0)
                    - (coalesce(with_window.headcount_before, 0) - coalesce(unknown_changes.net_change, 0))
                    - coalesce(own_changes.net_change, 0) as {{ dbt.type_bigint() }}
                )
        end as firm_net_change_12mo,
        with_window.newest_moved_date as firm_people_newest_source_date

    from with_window

    left join own_changes
        on with_window.advisor_crd = own_changes.advisor_crd and with_window.as_of_date = own_changes.as_of_date

    left join unknown_changes
        on with_window.advisor_crd = unknown_changes.advisor_crd and with_window.as_of_date = unknown_changes.as_of_date

)

select * from final
