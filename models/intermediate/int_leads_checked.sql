-- One row per delivered lead, with the reason when it cannot be used.
with leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

-- Of two rows with one Id, the one that was contacted first is kept. What came after the contact must
-- not choose, since the rows differ in advisor and day: so it is taken from all copies together.
numbered as (

    select
        lead_id,
        advisor_crd_text,
        advisor_crd,
        contacted_date,
        min(call_scheduled_date) over copies as call_scheduled_date,
        min(lead_source) over copies as lead_source,
        max(case when is_converted then 1 else 0 end) over copies = 1 as is_converted,
        max(case when is_deleted then 1 else 0 end) over copies = 1 as is_deleted,
        row_number() over (
            partition by lead_id
            order by contacted_date nulls last, advisor_crd nulls last, advisor_crd_text nulls last
        ) as copy_number

    from leads

    window copies as (partition by lead_id)

),

final as (

    select
        lead_id,
        advisor_crd_text,
        advisor_crd,
        contacted_date,
        call_scheduled_date,
        lead_source,
        is_converted,
        is_deleted,
        case
            when lead_id is null then 'no lead id'
            when copy_number > 1 then 'duplicate lead id'
            when contacted_date < {{ day_var('earliest_plausible_date') }} then 'impossible contact date'
            when contacted_date > greatest({{ day_var('analysis_date') }}, {{ day_var('score_date') }})
                then 'contacted after analysis_date and score_date'
        end as rejection_reason

    from numbered

)

select * from final
