-- Once an archive of deliveries is kept, a month that it lacks would count as known when it was over, and a figure that it
-- lacks with its month: too early.
with firm_months as (

    select * from {{ ref('int_firm_months') }}

)

{% for archive, condition in [('firm_month_arrivals', 'true'), ('firm_figure_arrivals', 'firm_months.total_aum_usd is not null')] %}
    select
        firm_months.firm_crd,
        firm_months.month_start_date,
        '{{ archive }}' as archive

    from firm_months

    left join {{ ref(archive) }} as arrivals
        on
            firm_months.firm_crd = arrivals.firm_crd
            and firm_months.month_start_date = arrivals.month_start_date

    where arrivals.firm_crd is null and {{ condition }} and (select count(*) from {{ ref(archive) }}) > 0
    {% if not loop.last %}union all{% endif %}
{% endfor %}
