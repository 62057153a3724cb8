-- From which day on each archived firm month was known; what the first archived delivery holds arrived before it.
with arrivals as (

    select * from {{ ref('firm_month_arrivals') }}

),

final as (
    {{ known_firm_months('arrivals') }}
)

select * from final
