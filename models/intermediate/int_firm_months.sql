-- A firm's AUM and the months for which it is the newest figure: from its own month until the
-- next one delivered, so that an as-of join is a plain range.
with checked as (

    select * from {{ ref('int_firm_months_checked') }}

),

final as (

    select
        firm_crd,
        month_start_date,
        total_aum_usd,
        lead(month_start_date) over (
            partition by firm_crd
            order by month_start_date
        ) as next_month_start_date

    from checked

    where rejection_reason is null

)

select * from final
