with source as (

    select * from {{ source('fintrx', 'firm_historicals') }}

),

renamed as (

    select
        ria_investor_crd_id as firm_crd,
        year as delivered_year,
        month as delivered_month,
        {{ month_from_parts('year', 'month') }} as month_start_date,
        cast(total_aum as {{ double_type() }}) as total_aum_usd

    from source

)

select * from renamed
