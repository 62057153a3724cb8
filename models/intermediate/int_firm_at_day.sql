-- The firm at which the advisor was, as known on the day: that of the latest start.
with spine as (

    select * from {{ ref('int_prediction_spine') }}

),

registrations as (

    select * from {{ ref('int_registrations') }}

),

final as (

    select
        spine.prediction_id,
        spine.advisor_crd,
        spine.as_of_date,
        registrations.firm_crd,
        registrations.started_date as firm_started_date

    from spine

    left join registrations
        on
            spine.advisor_crd = registrations.advisor_crd
            and {{ known_as_of('registrations.started_date', 'registrations.known_date', 'spine.as_of_date') }}

    -- between starts of one day, the firm's key decides
    qualify row_number() over (
        partition by spine.prediction_id
        order by registrations.started_date desc, registrations.firm_crd desc
    ) = 1

)

select * from final
