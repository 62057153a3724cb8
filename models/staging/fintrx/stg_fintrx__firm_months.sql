with source as (

    select * from {{ source('fintrx', 'firm_historicals') }}

),

renamed as (

    select
        ria_investor_crd_id as firm_crd,
        year as delivered_year,
        month as delivered_month,
        {{ month_from_parts('year', 'month') }} as month_start_date,
        cast(total_aum as {{ double_type() }}) as delivered_aum

    from source

),

-- "not a number" is how tools without nulls write an unknown figure; it sorts and compares unlike on each engine
final as (

    select
        firm_crd,
        delivered_year,
        delivered_month,
        month_start_date,
        case when not {{ is_nan('delivered_aum') }} then delivered_aum end as total_aum_usd,
        coalesce({{ is_nan('delivered_aum') }}, false) as is_aum_nan

    from renamed

)

select * from final
