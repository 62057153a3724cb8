{{ config(require_partition_filter=true, **daily_table(cluster_by=['advisor_crd'])) }}

-- Every published day's ranking of active advisors who are not in Salesforce; `builds` puts a day in.
with built as (

    select * from {{ ref('built_prospect_scores') }}

),

final as (

    select
        *,
        {{ this_build() }} as build_id

    from built

)

select * from final
