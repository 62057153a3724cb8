-- One row per delivered lead, with the reason when it cannot be used.
with judged as (

    select
        *,
        contacted_date < {{ day_var('earliest_plausible_date') }} as is_contact_too_early,
        contacted_date > greatest({{ day_var('analysis_date') }}, {{ day_var('score_date') }}) as is_contact_too_late

    from {{ ref('stg_salesforce__leads') }}

),

-- few leads have copies: only those are put in order
copied as (select lead_id from judged group by lead_id having count(*) > 1),

-- Of two rows with one Id, the one that was contacted first, on a possible day, is kept.
ordered as (

    select
        *,
        first_value(contacted_date) over copies_in_order as kept_contacted_date,
        row_number() over copies_in_order as copy_number
    from judged
    where lead_id in (select copied.lead_id from copied)
    window copies_in_order as (
        partition by lead_id
        order by
            case when is_contact_too_early or is_contact_too_late then 1 else 0 end,
            contacted_date nulls last,
            advisor_crd nulls last,
            advisor_crd_problem nulls last
    )

),

-- What came after the contact must not choose, since the rows differ in advisor and day: so it is taken from all copies
-- together. Of their calls the first since the kept contact is its outcome; an earlier one counts where there is no other.
copies as (

    select
        lead_id,
        advisor_crd,
        advisor_crd_problem,
        contacted_date,
        coalesce(
            min(case when call_scheduled_date >= kept_contacted_date then call_scheduled_date end) over copies_of_lead,
            min(call_scheduled_date) over copies_of_lead
        ) as call_scheduled_date,
        min(lead_source) over copies_of_lead as lead_source,
        min(owner_id) over copies_of_lead as owner_id,
        max(case when is_converted then 1 else 0 end) over copies_of_lead = 1 as is_converted,
        max(case when is_deleted then 1 else 0 end) over copies_of_lead = 1 as is_deleted,
        is_contact_too_early,
        is_contact_too_late,
        copy_number
    from ordered
    window copies_of_lead as (partition by lead_id)

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
