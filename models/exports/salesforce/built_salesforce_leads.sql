-- The day's leads as Salesforce would get them, and whether it may, beside what is published.
with scores as (

    select * from {{ ref('built_lead_scores') }}

),

leads as (

    select * from {{ ref('int_leads_checked') }}

    where rejection_reason is null

),

-- whom one may not call is not sent
suppressed as (

    select distinct lead_id from {{ ref('built_call_exclusions') }}

    where lead_id is not null

),

final as (

    select
        scores.score_date,
        scores.lead_id,
        round(scores.lead_score, 4) as lead_score,
        scores.score_bucket,
        scores.action_recommended,
        substr(scores.narrative, 1, 255) as narrative,
        scores.model_version,
        scores.scoring_timestamp,
        round(scores.pit_restlessness_ratio, 2) as restlessness_ratio,
        scores.flight_risk_score,
        scores.is_fresh_start = 1 as is_fresh_start,
        -- after the day that is exported
        leads.is_converted or leads.is_deleted as is_closed,
        suppressed.lead_id is not null as is_suppressed,
        leads.owner_id

    from scores

    inner join leads on scores.lead_id = leads.lead_id

    left join suppressed on scores.lead_id = suppressed.lead_id

)

select * from final
