-- The firm at which the advisor was, as known on the day, that of the latest start; and the career until then.
with spine as (

    select distinct
        advisor_crd,
        as_of_date

    from {{ ref('int_prediction_spine') }}

    where advisor_crd is not null

),

first_asked as (

    select min(as_of_date) as first_asked_date from spine

),

-- what was overtaken by the next step before anybody asks is no answer, nor is all but the last step of a day
careers as (

    select careers.*

    from {{ ref('int_careers') }} as careers

    cross join first_asked

    where
        {{ in_force_on('careers.superseded_date', 'careers.first_known_date') }}
        and {{ in_force_on('careers.next_known_date', opening_balance_date('careers.first_known_date', 'first_asked.first_asked_date')) }}

),

final as (
    {{ as_of_join(
        'spine', 'careers', columns=['advisor_crd', 'as_of_date'], key='advisor_crd', asked_date='as_of_date',
        fact_date='first_known_date', values={
            'firm_crd': 'firm_crd', 'firm_started_date': 'started_date', 'first_started_date': 'first_started_date',
            'prior_firm_count': 'prior_firm_count'
        }
    ) }}
)

select * from final
