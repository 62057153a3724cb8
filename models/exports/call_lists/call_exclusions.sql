{{ config(materialized='published', meta={'replaces': 'the newest day'}) }}

-- Whom the newest published day's lists leave out, and why; `builds` replaces it.
with built as (

    select * from {{ ref('built_call_exclusions') }}

),

final as (

    select
        *,
        {{ this_build() }} as build_id

    from built

)

select * from final
