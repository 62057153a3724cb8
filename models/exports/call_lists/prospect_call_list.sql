{{ config(materialized='published', meta={'replaces': 'the newest day'}) }}

-- Whom to call of those not in Salesforce, on the newest published day; `builds` replaces it.
with built as (

    select * from {{ ref('built_prospect_call_list') }}

),

final as (

    select
        *,
        {{ this_build() }} as build_id

    from built

)

select * from final
