{{ config(materialized='published', meta={'replaces': 'nothing'}) }}

-- What was wrong with the delivery of a published build.
with built as (

    select * from {{ ref('data_quality_findings') }}

),

final as (

    select
        *,
        {{ this_build() }} as build_id

    from built

)

select * from final
