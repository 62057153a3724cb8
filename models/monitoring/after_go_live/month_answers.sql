-- Of each month of contacts: did the sources arrive, were these the people that the model had learned from, were they called?
with performance as (

    select * from {{ ref('realised_performance') }}

),

sources as (

    select
        {{ month_start('score_date') }} as contact_month,
        {{ answer_of('is_usual') }} as sources_arrived

    from {{ ref('source_health') }}

    group by contact_month

),

people as (

    select
        model_version,
        sample_date as contact_month,
        {{ answer_of('not is_drifted') }} as people_known

    from {{ ref('feature_drift') }}

    where sample = 'contacts'

    group by model_version, contact_month

),

work as (

    select
        contact_month,
        {{ answer_of('is_worked') }} as contacts_worked

    from {{ ref('sales_work') }}

    group by contact_month

)

select
    performance.*,
    coalesce(sources.sources_arrived, 'unknown') as sources_arrived,
    coalesce(people.people_known, 'unknown') as people_known,
    coalesce(work.contacts_worked, 'unknown') as contacts_worked

from performance

left join sources on performance.contact_month = sources.contact_month
left join work on performance.contact_month = work.contact_month
left join people
    on performance.model_version = people.model_version and performance.contact_month = people.contact_month
