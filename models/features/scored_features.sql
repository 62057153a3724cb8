{{ config(**daily_table(cluster_by=['prediction_id'])) }}

-- What each published day's scores were made of; `builds` puts a day in.
with built as (

    select * from {{ ref('built_scored_features') }}

),

final as (

    select
        *,
        {{ this_build() }} as build_id

    from built

)

select * from final
