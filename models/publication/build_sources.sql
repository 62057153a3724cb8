{{ config(materialized='published', meta={'replaces': 'nothing'}) }}

-- What a published build was made of.
with built as (

    select * from {{ ref('source_contents') }}

),

final as (

    select
        *,
        {{ this_build() }} as build_id

    from built

)

select * from final
