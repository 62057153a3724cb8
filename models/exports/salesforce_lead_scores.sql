-- What Salesforce does not know yet: open leads whose delivered fields differ from today's.
with scores as (

    select * from {{ ref('lead_scores_daily') }}

    where score_date = {{ day_var('score_date') }}

),

leads as (

    select * from {{ ref('int_leads_checked') }}

    where rejection_reason is null

),

exclusions as (

    select lead_id from {{ ref('call_exclusions') }}

),

delivery_log as (

    select * from {{ ref('salesforce_delivery_log') }}

),

latest_delivery as (

    select *

    from delivery_log

    qualify row_number() over (partition by lead_id order by delivered_at desc) = 1

),

fields as (

    select
        scores.lead_id,
        round(scores.lead_score, 4) as lead_score,
        scores.score_bucket,
        scores.action_recommended,
        substr(scores.narrative, 1, 255) as narrative,
        scores.model_version,
        scores.scoring_timestamp,
        round(scores.pit_restlessness_ratio, 2) as restlessness_ratio,
        scores.flight_risk_score,
        scores.is_fresh_start = 1 as is_fresh_start

    from scores

    inner join leads on scores.lead_id = leads.lead_id

    left join exclusions on scores.lead_id = exclusions.lead_id

    -- a lead may have been closed after the day that is exported; nobody is sent whom one may not call
    where not leads.is_converted and not leads.is_deleted and exclusions.lead_id is null

),

changed as (

    select fields.*

    from fields

    left join latest_delivery on fields.lead_id = latest_delivery.lead_id

    -- a new timestamp alone is no change
    where
        latest_delivery.lead_id is null
        or fields.lead_score is distinct from latest_delivery.lead_score
        or fields.score_bucket is distinct from latest_delivery.score_bucket
        or fields.action_recommended is distinct from latest_delivery.action_recommended
        or fields.narrative is distinct from latest_delivery.narrative
        or fields.model_version is distinct from latest_delivery.model_version
        or fields.restlessness_ratio is distinct from latest_delivery.restlessness_ratio
        or fields.flight_risk_score is distinct from latest_delivery.flight_risk_score
        or fields.is_fresh_start is distinct from latest_delivery.is_fresh_start

),

final as (

    select
        -- Salesforce's own spelling -- noqa: disable=CP02
        lead_id as Id,
        lead_score as Lead_Score__c,
        score_bucket as Lead_Score_Bucket__c,
        action_recommended as Lead_Action_Recommended__c,
        narrative as Lead_Score_Narrative__c,
        model_version as Lead_Score_Model_Version__c,
        scoring_timestamp as Lead_Score_Timestamp__c,
        restlessness_ratio as Lead_Restlessness_Ratio__c,
        flight_risk_score as Lead_Flight_Risk_Score__c,
        is_fresh_start as Lead_Is_Fresh_Start__c
        -- noqa: enable=all

    from changed

)

select * from final
