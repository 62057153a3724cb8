-- Once an archive of deliveries is kept, a month that it lacks would count as known when it was over: too early.
with firm_months as (

    select * from {{ ref('int_firm_months') }}

),

arrivals as (

    select * from {{ ref('firm_month_arrivals') }}

)

select
    firm_months.firm_crd,
    firm_months.month_start_date

from firm_months

left join arrivals
    on
        firm_months.firm_crd = arrivals.firm_crd
        and firm_months.month_start_date = arrivals.month_start_date

where arrivals.firm_crd is null and (select count(*) from {{ ref('firm_month_arrivals') }}) > 0
