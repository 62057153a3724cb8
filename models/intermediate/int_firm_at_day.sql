-- The firm at which the advisor was, as known on the day, that of the latest start; and the career until then.
with spine as (

    select
        prediction_id,
        advisor_crd,
        as_of_date

    from {{ ref('int_prediction_spine') }}

),

careers as (

    select *

    from {{ ref('int_careers') }}

    where is_last_of_day and {{ in_force_on('superseded_date', 'first_known_date') }}

),

final as (
    {{ as_of_join(
        'spine', 'careers', key='advisor_crd', asked_date='as_of_date', fact_date='first_known_date',
        values={
            'firm_crd': 'firm_crd', 'firm_started_date': 'started_date', 'first_started_date': 'first_started_date',
            'prior_firm_count': 'prior_firm_count'
        }
    ) }}
)

select * from final
