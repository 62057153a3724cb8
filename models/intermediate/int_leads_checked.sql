-- One row per delivered lead, with the reason when it cannot be used.
with judged as (

    select
        *,
        contacted_date < {{ day_var('earliest_plausible_date') }} as is_contact_too_early,
        contacted_date > greatest({{ day_var('analysis_date') }}, {{ day_var('score_date') }}) as is_contact_too_late

    from {{ ref('stg_salesforce__leads') }}

),

-- few leads have copies: only those are put in order
copied as (

    select
        lead_id,
        min(case when not (is_contact_too_early or is_contact_too_late) then contacted_date end) as kept_contacted_date
    from judged
    group by lead_id
    having count(*) > 1

),

-- Of two rows with one Id, the one that was contacted first, on a possible day, is kept. What came after the contact must
-- not choose, since the rows differ in advisor and day: so it is taken from all copies together. Of their calls the first
-- since the kept contact is its outcome; an earlier one counts where there is no other.
copies as (

    select
        judged.lead_id,
        judged.advisor_crd,
        judged.advisor_crd_problem,
        judged.contacted_date,
        coalesce(
            min(case when judged.call_scheduled_date >= copied.kept_contacted_date then judged.call_scheduled_date end) over copies_of_lead,
            min(judged.call_scheduled_date) over copies_of_lead
        ) as call_scheduled_date,
        min(judged.lead_source) over copies_of_lead as lead_source,
        min(judged.owner_id) over copies_of_lead as owner_id,
        max(case when judged.is_converted then 1 else 0 end) over copies_of_lead = 1 as is_converted,
        max(case when judged.is_deleted then 1 else 0 end) over copies_of_lead = 1 as is_deleted,
        judged.is_contact_too_early,
        judged.is_contact_too_late,
        row_number() over (
            partition by judged.lead_id
            order by
                case when judged.is_contact_too_early or judged.is_contact_too_late then 1 else 0 end,
                judged.contacted_date nulls last,
                judged.advisor_crd nulls last,
                judged.advisor_crd_problem nulls last
        ) as copy_number

    from judged
    inner join copied on judged.lead_id = copied.lead_id
    window copies_of_lead as (partition by judged.lead_id)

),

numbered as (

    select
        *,
        1 as copy_number

    from judged

    where not exists (select 1 from copied where copied.lead_id = judged.lead_id)

    union all

    select * from copies

),

final as (

    select
        lead_id,
        advisor_crd,
        advisor_crd_problem,
        contacted_date,
        call_scheduled_date,
        lead_source,
        owner_id,
        is_converted,
        is_deleted,
        case
            when lead_id is null then 'no lead id'
            when is_contact_too_early then 'impossible contact date'
            when is_contact_too_late then 'contacted after analysis_date and score_date'
            when copy_number > 1 then 'duplicate lead id'
        end as rejection_reason

    from numbered

)

select * from final
