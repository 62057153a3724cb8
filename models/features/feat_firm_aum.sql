-- The firm's assets in the last month that was over on the day, and their growth.
with spine as (

    select * from {{ ref('int_prediction_spine') }}

),

registrations as (

    select * from {{ ref('feat_registrations') }}

),

subjects as (

    select
        spine.prediction_id,
        registrations.firm_crd,
        {{ last_full_month('spine.as_of_date') }} as last_full_month_date

    from spine

    left join registrations on spine.prediction_id = registrations.prediction_id

),

firm_months as (

    select * from {{ ref('int_firm_months') }}

),

base_month as (

    select
        firm_crd,
        month_start_date,
        total_aum_usd

    from firm_months

    where month_start_date = {{ month_start(day_var('aum_base_month')) }}

),

with_growth as (

    select
        subjects.prediction_id,
        firm_months.month_start_date as pit_month,
        firm_months.total_aum_usd as firm_aum_pit,
        -- a base month later than pit_month lies in the future of this row: growth is unknown
        case
            when base_month.month_start_date <= firm_months.month_start_date and base_month.total_aum_usd > 0
                then
                    (firm_months.total_aum_usd - base_month.total_aum_usd)
                    / base_month.total_aum_usd * 100
        end as aum_growth_pct

    from subjects

    left join firm_months
        on
            subjects.firm_crd = firm_months.firm_crd
            and subjects.last_full_month_date >= firm_months.month_start_date
            and (
                subjects.last_full_month_date < firm_months.next_month_start_date
                or firm_months.next_month_start_date is null
            )

    left join base_month on subjects.firm_crd = base_month.firm_crd

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
