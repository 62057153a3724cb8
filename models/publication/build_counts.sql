{{ config(materialized='published', meta={'replaces': 'nothing'}) }}

-- How many rows each stage of a published build had.
with built as (

    select * from {{ ref('pipeline_counts') }}

),

final as (

    select
        cast(stage_order as {{ dbt.type_bigint() }}) as stage_order,
        stage,
        row_count,
        {{ this_build() }} as build_id

    from built

)

select * from final
