-- Once an archive of deliveries is kept, a registration that it lacks would count as known from its start: too early.
with registrations as (

    select * from {{ ref('int_registrations') }}

),

arrivals as (

    select * from {{ ref('registration_arrivals') }}

)

select
    registrations.advisor_crd,
    registrations.firm_crd,
    registrations.started_date

from registrations

left join arrivals
    on
        registrations.advisor_crd = arrivals.advisor_crd
        and registrations.firm_crd = arrivals.firm_crd
        and registrations.started_date = arrivals.started_date

where arrivals.advisor_crd is null and (select count(*) from {{ ref('registration_arrivals') }}) > 0
