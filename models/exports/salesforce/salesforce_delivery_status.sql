{{ config(materialized='view') }}

-- The published leads, and whether Salesforce has to get them. A view: what a sync has delivered is known at
-- once, without another run of dbt. Made after publication, so that a failed build changes nothing here.
-- depends_on: {{ ref('builds') }}
with leads as (

    select * from {{ ref('salesforce_leads') }}

),

delivered as (

    select *

    from {{ ref('salesforce_delivery_log') }}

    where delivery_result = 'accepted'

    qualify row_number() over (partition by lead_id order by logged_at desc, batch_id desc) = 1

),

-- sent, and nobody can tell whether Salesforce took it; a batch that is still open is settled by the sync
-- before it reads this
unconfirmed as (

    select
        lead_id,
        max(logged_at) as logged_at

    from {{ ref('salesforce_delivery_log') }}

    where delivery_result = 'unconfirmed'

    group by lead_id

),

final as (

    select
        leads.lead_id,
        leads.lead_score,
        leads.score_bucket,
        leads.action_recommended,
        leads.narrative,
        leads.model_version,
        leads.scoring_timestamp,
        leads.restlessness_ratio,
        leads.flight_risk_score,
        leads.is_fresh_start,
        case
            when leads.is_closed then 'closed'
            when leads.is_suppressed then 'suppressed'
            when delivered.lead_id is null then 'new'
            -- Salesforce may hold what was sent last, also where the fields are what it accepted before
            when unconfirmed.logged_at >= delivered.logged_at then 'changed'
            when same.lead_id is null then 'changed'
            else 'unchanged'
        end as delivery_status,
        leads.score_date,
        leads.build_id

    from leads

    left join delivered on leads.lead_id = delivered.lead_id

    left join unconfirmed on leads.lead_id = unconfirmed.lead_id

    -- a new timestamp alone is no change
    left join delivered as same
        on
            leads.lead_id = same.lead_id
            and leads.lead_score is not distinct from same.lead_score
            and leads.score_bucket is not distinct from same.score_bucket
            and leads.action_recommended is not distinct from same.action_recommended
            and leads.narrative is not distinct from same.narrative
            and leads.model_version is not distinct from same.model_version
            and leads.restlessness_ratio is not distinct from same.restlessness_ratio
            and leads.flight_risk_score is not distinct from same.flight_risk_score
            and leads.is_fresh_start is not distinct from same.is_fresh_start

)

select * from final
