{{ config(materialized='published', meta={'replaces': 'the newest day'}) }}

-- The newest published day's leads as Salesforce would get them; `builds` replaces it.
with built as (

    select * from {{ ref('built_salesforce_leads') }}

),

final as (

    select
        *,
        {{ this_build() }} as build_id

    from built

)

select * from final
