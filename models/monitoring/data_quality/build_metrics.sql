{{ config(materialized='incremental', full_refresh=false) }}

-- The measures of the builds that went through, to hold the next one against. Last in the line on purpose:
-- depends_on: {{ ref('salesforce_lead_scores') }} {{ ref('prospect_call_list') }}
with metrics as (

    select * from {{ ref('collapse_metrics') }}

),

final as (

    select
        subject,
        metric,
        metric_value,
        '{{ invocation_id }}' as build_id,
        cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp) as recorded_at

    from metrics

)

select * from final
