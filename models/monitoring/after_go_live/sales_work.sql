-- Whether contacts were called, by month and owner: contacts that were 30 days old by analysis_date.
with contacts as (

    select
        lead_id,
        owner_id,
        contacted_date,
        {{ month_start('contacted_date') }} as contact_month,
        {{ days_after('contacted_date', 30) }} as last_date,
        {{ days_after('contacted_date', 7) }} as prompt_date

    from {{ ref('scored_contacts') }}

    where
        contacted_date <= {{ days_before(day_var('analysis_date'), 30) }}
        -- before the first activity nobody can say
        and contacted_date >= (select min(noted.created_date) from {{ ref('stg_salesforce__tasks') }} as noted)

),

tasks as (

    select
        contacts.lead_id,
        delivered.task_id,
        delivered.created_date,
        delivered.is_call_made

    from contacts

    inner join {{ ref('stg_salesforce__tasks') }} as delivered on contacts.lead_id = delivered.lead_id

    where delivered.created_date between contacts.contacted_date and contacts.last_date

),

worked as (

    select
        contacts.lead_id,
        contacts.contact_month,
        contacts.prompt_date,
        contacts.owner_id as lead_owner_id,
        min(case when tasks.is_call_made then tasks.created_date end) as first_call_date,
        -- an activity that is delivered twice is one; without an id each is one
        count(distinct case when tasks.is_call_made then tasks.task_id end)
        + count(case when tasks.is_call_made and tasks.task_id is null then 1 end) as call_count

    from contacts

    left join tasks on contacts.lead_id = tasks.lead_id

    group by contacts.lead_id, contacts.contact_month, contacts.prompt_date, contacts.owner_id

),

counted as (
    {% for owner in ["'all owners'", "coalesce(lead_owner_id, 'no owner')"] %}
        select
            contact_month,
            {{ owner }} as owner_id,
            count(*) as contact_count,
            count(case when first_call_date <= prompt_date then 1 end) as worked_7_count,
            count(first_call_date) as worked_30_count,
            sum(call_count) as call_attempts

        from worked

        group by contact_month, owner_id
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (

    select
        contact_month,
        owner_id,
        cast(contact_count as {{ dbt.type_bigint() }}) as contact_count,
        worked_7_count / contact_count as worked_7_share,
        worked_30_count / contact_count as worked_30_share,
        {{ wilson_bound('high', 'worked_30_count', 'contact_count') }} as worked_30_high,
        call_attempts / contact_count as calls_per_contact,
        {{ wilson_bound('high', 'worked_30_count', 'contact_count') }} >= case when owner_id = 'all owners' then 0.8e0 else 0.5e0 end as is_worked,
        contact_month = max(contact_month) over () as is_newest

    from counted

)

select * from final
