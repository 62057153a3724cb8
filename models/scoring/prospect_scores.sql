{{ config(require_partition_filter=true, **daily_table(cluster_by=['advisor_crd'])) }}

-- The day's ranking of active advisors who are not in Salesforce. Other days are never touched.
with ranked_scores as (

    select * from {{ ref('ranked_scores') }}

),

final as (

    select
        advisor_crd,
        {{ daily_score_columns() }}

    from ranked_scores

    where is_prospect

)

select * from final
