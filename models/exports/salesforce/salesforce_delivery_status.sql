{{ config(materialized='view') }}

-- The day's leads as Salesforce would get them, and whether it has to. A view: what a sync has delivered
-- is known at once, without another run of dbt.
with scores as (

    select * from {{ ref('lead_scores_daily') }}

    where score_date = {{ day_var('score_date') }}

),

leads as (

    select * from {{ ref('int_leads_checked') }}

    where rejection_reason is null

),

-- whom one may not call is not sent
suppressed as (

    select distinct lead_id from {{ ref('call_exclusions') }}

    where lead_id is not null

),

delivered as (

    select *

    from {{ ref('salesforce_delivery_log') }}

    where delivery_result = 'accepted'

    qualify row_number() over (partition by lead_id order by logged_at desc, batch_id desc) = 1

),

fields as (

    select
        lead_id,
        round(lead_score, 4) as lead_score,
        score_bucket,
        action_recommended,
        substr(narrative, 1, 255) as narrative,
        model_version,
        scoring_timestamp,
        round(pit_restlessness_ratio, 2) as restlessness_ratio,
        flight_risk_score,
        is_fresh_start = 1 as is_fresh_start

    from scores

),

final as (

    select
        fields.*,
        case
            -- after the day that is exported
            when leads.is_converted or leads.is_deleted then 'closed'
            when suppressed.lead_id is not null then 'suppressed'
            when delivered.lead_id is null then 'new'
            when same.lead_id is null then 'changed'
            else 'unchanged'
        end as delivery_status

    from fields

    inner join leads on fields.lead_id = leads.lead_id

    left join suppressed on fields.lead_id = suppressed.lead_id

    left join delivered on fields.lead_id = delivered.lead_id

    -- a new timestamp alone is no change
    left join delivered as same
        on
            fields.lead_id = same.lead_id
            and fields.lead_score is not distinct from same.lead_score
            and fields.score_bucket is not distinct from same.score_bucket
            and fields.action_recommended is not distinct from same.action_recommended
            and fields.narrative is not distinct from same.narrative
            and fields.model_version is not distinct from same.model_version
            and fields.restlessness_ratio is not distinct from same.restlessness_ratio
            and fields.flight_risk_score is not distinct from same.flight_risk_score
            and fields.is_fresh_start is not distinct from same.is_fresh_start

)

select * from final
