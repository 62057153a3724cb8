-- One row per delivered lead, with the reason when it cannot be used.
with leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

-- of two rows with one Id, the one that was contacted first is kept; the rest of the order only
-- makes the choice the same on every run
numbered as (

    select
        *,
        row_number() over (
            partition by lead_id
            order by
                contacted_date nulls last, call_scheduled_date nulls last,
                advisor_crd nulls last, advisor_crd_text nulls last, is_deleted, is_converted
        ) as copy_number

    from leads

),

final as (

    select
        lead_id,
        advisor_crd_text,
        advisor_crd,
        contacted_date,
        call_scheduled_date,
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
