{{ config(require_partition_filter=true, **daily_table(cluster_by=['lead_id', 'score_bucket'])) }}

-- The day's ranking of open leads. Other days are never touched.
with ranked_scores as (

    select * from {{ ref('ranked_scores') }}

),

final as (

    select
        lead_id,
        advisor_crd,
        contacted_date,
        {{ daily_score_columns() }}

    from ranked_scores

    where not is_prospect

)

select * from final
