{{ config(require_partition_filter=true, **daily_table(cluster_by=['advisor_crd'])) }}

-- What challengers said on every published day, in the shadow; `builds` puts a day in. No list and no export reads it.
with built as (

    select * from {{ ref('built_challenger_scores') }}

),

final as (

    select
        *,
        {{ this_build() }} as build_id

    from built

)

select * from final
