{{ config(materialized='view') }}

-- What Salesforce does not know yet, in its own spelling.
with statuses as (

    select * from {{ ref('salesforce_delivery_status') }}

),

final as (

    select
        -- the list is the seed salesforce_fields; a test compares -- noqa: disable=CP02
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

    from statuses

    where delivery_status in ('new', 'changed')

)

select * from final
