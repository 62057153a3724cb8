{{ config(require_partition_filter=true, **daily_table(cluster_by=['lead_id', 'score_bucket'])) }}

-- Every published day's ranking of open leads; `builds` puts a day in.
with built as (

    select * from {{ ref('built_lead_scores') }}

),

final as (

    select
        *,
        {{ this_build() }} as build_id

    from built

)

select * from final
