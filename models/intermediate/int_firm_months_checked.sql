-- One row per delivered firm and month, with the reason when it cannot be used.
with firm_months as (

    select * from {{ ref('stg_fintrx__firm_months') }}

),

-- of two figures for the same month, the larger one is kept: arbitrary, but always the same one
numbered as (

    select
        *,
        row_number() over (
            partition by firm_crd, month_start_date
            order by total_aum_usd desc nulls last
        ) as copy_number

    from firm_months

),

final as (

    select
        firm_crd,
        delivered_year,
        delivered_month,
        month_start_date,
        total_aum_usd,
        case
            when firm_crd is null then 'no firm'
            when month_start_date is null then 'no such month'
            when total_aum_usd < 0 then 'negative AUM'
            when copy_number > 1 then 'duplicate firm month'
        end as rejection_reason

    from numbered

)

select * from final
