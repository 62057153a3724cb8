{{ config(materialized='published', meta={'replaces': 'nothing'}) }}

-- What tells whether a delivery has collapsed, of a published build: the next build is held against it.
with built as (

    select * from {{ ref('collapse_metrics') }}

),

final as (

    select
        *,
        {{ this_build() }} as build_id

    from built

)

select * from final
