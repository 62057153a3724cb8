-- The headcounts come from running sums over movements. Counted by hand, person by person, as of
-- score_date, they must be the same; a lost or doubled movement would show here.
with registrations as (

    select * from {{ ref('int_registrations') }}

    where {{ known_as_of('started_date', 'known_date', day_var('score_date')) }}

),

latest as (

    select
        advisor_crd,
        firm_crd

    from registrations

    qualify row_number() over (
        partition by advisor_crd
        order by started_date desc, firm_crd desc
    ) = 1

),

counted as (

    select
        firm_crd,
        count(*) as advisor_count

    from latest

    group by firm_crd

),

features as (

    select * from {{ ref('lead_scoring_features_pit') }}

    where as_of_date = {{ day_var('score_date') }}

)

select
    features.prediction_id,
    features.firm_rep_count_at_contact,
    counted.advisor_count

from features

inner join counted on features.firm_crd = counted.firm_crd

where features.firm_rep_count_at_contact != counted.advisor_count
