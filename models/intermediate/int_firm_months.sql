-- A firm's AUM and the days on which it is the newest figure that is known: from the day on which it became known until
-- the first figure of a later month does, so that an as-of join is a plain range. A month that came without its figure is
-- known without it until the figure came.
with checked as (

    select * from {{ ref('int_firm_months_checked') }}

    where rejection_reason is null

),

known_months as (

    select * from {{ ref('int_known_months') }}

),

known_figures as (

    select * from {{ ref('int_known_figures') }}

),

dated as (

    select
        checked.firm_crd,
        checked.month_start_date,
        checked.total_aum_usd,
        coalesce(known_months.known_date, {{ month_after('checked.month_start_date') }}) as known_date,
        case when known_months.known_date is null then 'assumed_prompt' else 'archive' end as known_date_source,
        known_figures.known_date as figure_known_date

    from checked

    left join known_months
        on checked.firm_crd = known_months.firm_crd and checked.month_start_date = known_months.month_start_date

    left join known_figures
        on
            checked.firm_crd = known_figures.firm_crd
            and checked.month_start_date = known_figures.month_start_date
            and checked.total_aum_usd is not null

),

final as (

    select
        firm_crd,
        month_start_date,
        total_aum_usd,
        known_date,
        known_date_source,
        case when figure_known_date > known_date then figure_known_date end as late_figure_date,
        min(known_date) over (
            partition by firm_crd order by month_start_date rows between 1 following and unbounded following
        ) as superseded_date

    from dated

)

select * from final
