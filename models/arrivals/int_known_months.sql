-- From which day on each archived firm month was known; what the first archived delivery holds arrived before it.
with arrivals as (

    select * from {{ ref('firm_month_arrivals') }}

),

final as (

    select
        arrivals.firm_crd,
        arrivals.month_start_date,
        greatest({{ month_after('arrivals.month_start_date') }}, arrivals.first_delivered_date) as known_date

    from arrivals

    where arrivals.first_delivered_date > (select min(each_row.first_delivered_date) from arrivals as each_row)

)

select * from final
