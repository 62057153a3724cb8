-- The firm's assets in the newest month whose figures were known on the day, and their growth.
with firm_at_day as (

    select * from {{ ref('int_firm_at_day') }}

),

firm_months as (

    select * from {{ ref('int_firm_months') }}

),

base_month as (

    select
        firm_crd,
        month_start_date,
        known_date,
        total_aum_usd

    from firm_months

    where month_start_date = {{ month_start(day_var('aum_base_month')) }}

),

with_growth as (

    select
        firm_at_day.prediction_id,
        firm_months.month_start_date as pit_month,
        firm_months.total_aum_usd as firm_aum_pit,
        -- a base month later than pit_month lies in the future of this row: growth is unknown
        case
            when
                base_month.month_start_date <= firm_months.month_start_date
                and {{ is_known_on('base_month.known_date', 'firm_at_day.as_of_date') }}
                and base_month.total_aum_usd > 0
                then
                    (firm_months.total_aum_usd - base_month.total_aum_usd)
                    / base_month.total_aum_usd * 100
        end as aum_growth_pct

    from firm_at_day

    left join firm_months
        on
            firm_at_day.firm_crd = firm_months.firm_crd
            and {{ is_known_on('firm_months.known_date', 'firm_at_day.as_of_date') }}
            and {{ in_force_on('firm_months.superseded_date', 'firm_at_day.as_of_date') }}

    left join base_month on firm_at_day.firm_crd = base_month.firm_crd

),

final as (

    select
        prediction_id,
        pit_month,
        firm_aum_pit,
        {{ clip('aum_growth_pct', -100, 500) }} as aum_growth_since_jan2024_pct

    from with_growth

)

select * from final
