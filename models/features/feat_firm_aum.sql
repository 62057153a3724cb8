-- The firm's assets in the newest month whose figures were known on the day, and their growth.
with firm_at_day as (

    select
        prediction_id,
        firm_crd,
        as_of_date

    from {{ ref('int_firm_at_day') }}

),

firm_months as (

    select * from {{ ref('int_firm_months') }}

),

in_force as (

    select * from firm_months

    where {{ in_force_on('superseded_date', 'known_date') }}

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

at_day as (
    {{ as_of_join(
        'firm_at_day', 'in_force', columns=['prediction_id', 'firm_crd', 'as_of_date'], key='firm_crd',
        asked_date='as_of_date', fact_date='known_date',
        values={'pit_month': 'month_start_date', 'firm_aum_pit': 'total_aum_usd'}
    ) }}
),

with_growth as (

    select
        at_day.prediction_id,
        at_day.pit_month,
        at_day.firm_aum_pit,
        -- a base month later than pit_month lies in the future of this row: growth is unknown
        case
            when
                base_month.month_start_date <= at_day.pit_month
                and {{ is_known_on('base_month.known_date', 'at_day.as_of_date') }}
                and base_month.total_aum_usd > 0
                then (at_day.firm_aum_pit - base_month.total_aum_usd) / base_month.total_aum_usd * 100
        end as aum_growth_pct

    from at_day

    left join base_month on at_day.firm_crd = base_month.firm_crd

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
