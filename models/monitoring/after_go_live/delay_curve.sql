-- How soon after a contact its call comes: what share of a label window's calls has come by each day.
{%- set window = whole_number_var('label_window_days') | int %}
with labels as (

    select * from {{ ref('int_lead_labels') }}
    where label = 1 and contacted_date >= {{ days_before(day_var('analysis_date'), window + 365) }}

),

leads as (

    select
        lead_id,
        {{ days_between('contacted_date', 'call_scheduled_date') }} as delay_days

    from {{ ref('int_leads_checked') }}

    where rejection_reason is null

),

calls as (

    select leads.delay_days
    from labels
    inner join leads on labels.lead_id = leads.lead_id

),

days as (
    {{ dbt.generate_series(window + 1) }}
)

select
    cast(days.generated_number - 1 as {{ dbt.type_bigint() }}) as delay_days,
    cast(sum(count(calls.delay_days)) over (order by days.generated_number) as {{ dbt.type_bigint() }}) as call_count,
    cast(sum(count(calls.delay_days)) over () as {{ dbt.type_bigint() }}) as all_call_count,
    sum(count(calls.delay_days)) over (order by days.generated_number) / nullif(sum(count(calls.delay_days)) over (), 0) as share_of_calls

from days

left join calls on cast(days.generated_number - 1 as {{ dbt.type_bigint() }}) = calls.delay_days

group by days.generated_number
