-- The firm's assets in the newest month whose figures were known on the day, and their growth.
with firm_at_day as (

    select
        advisor_crd,
        as_of_date,
        firm_crd

    from {{ ref('int_firm_at_day') }}

),

firm_months as (

    select * from {{ ref('int_firm_months') }}

),

in_force as (

    select * from firm_months where {{ in_force_on('superseded_date', 'known_date') }}

),

base_month as (

    select
        firm_crd,
        month_start_date,
        coalesce(late_figure_date, known_date) as figure_known_date,
        total_aum_usd

    from firm_months

    where month_start_date = {{ month_start(day_var('aum_base_month')) }}

),

at_day as (
    {{ as_of_join(
        'firm_at_day', 'in_force', columns=['advisor_crd', 'as_of_date', 'firm_crd'], key='firm_crd',
        asked_date='as_of_date', fact_date='known_date',
        values={'pit_month': 'month_start_date', 'total_aum_usd': 'total_aum_usd', 'late_figure_date': 'late_figure_date'}
    ) }}
),

-- a month that had come without its figure was known, and the figure was not
with_figure as (

    select
        advisor_crd,
        as_of_date,
        firm_crd,
        pit_month,
        case
            when {{ is_known_on('coalesce(late_figure_date, as_of_date)', 'as_of_date') }}
                then total_aum_usd
        end as firm_aum_pit

    from at_day

),

with_growth as (

    select
        with_figure.advisor_crd,
        with_figure.as_of_date,
        with_figure.pit_month,
        with_figure.firm_aum_pit,
        -- a base month later than pit_month lies in the future of this row: growth is unknown
        case
            when
                base_month.month_start_date <= with_figure.pit_month
                and {{ is_known_on('base_month.figure_known_date', 'with_figure.as_of_date') }}
                and base_month.total_aum_usd > 0
                then (with_figure.firm_aum_pit - base_month.total_aum_usd) / base_month.total_aum_usd * 100
        end as aum_growth_pct

    from with_figure

    left join base_month on with_figure.firm_crd = base_month.firm_crd

),

final as (

    select
        advisor_crd,
        as_of_date,
        pit_month,
        firm_aum_pit,
        {{ clip('aum_growth_pct', -100, 500) }} as aum_growth_since_jan2024_pct

    from with_growth

)

select * from final
