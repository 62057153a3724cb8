-- One row per delivered firm and month, with the reason when it cannot be used.
with firm_months as (

    select * from {{ ref('stg_fintrx__firm_months') }}

),

-- below a cent and above a thousand times the world's assets there is a fault, not a firm
judged as (

    select
        *,
        total_aum_usd < 0.01 and total_aum_usd != 0 or total_aum_usd > 1e17 as is_impossible_aum

    from firm_months

),

-- of two figures for the same month, the larger possible one is kept: arbitrary, but always the same one
numbered as (

    select
        *,
        row_number() over (
            partition by firm_crd, month_start_date
            order by case when is_impossible_aum then 1 else 0 end, total_aum_usd desc nulls last, is_aum_nan desc
        ) as copy_number

    from judged

),

final as (

    select
        firm_crd,
        delivered_year,
        delivered_month,
        month_start_date,
        total_aum_usd,
        is_aum_nan,
        case
            when firm_crd is null then 'no firm'
            when not {{ is_crd('firm_crd') }} then 'impossible firm CRD'
            when month_start_date is null then 'no such month'
            when total_aum_usd < 0 then 'negative AUM'
            when is_impossible_aum then 'impossible AUM'
            when copy_number > 1 then 'duplicate firm month'
        end as rejection_reason

    from numbered

)

select * from final
