-- Advisors contacted within recontact_days. Whoever is on a lead today is no prospect at all. Leads also vanish
-- (merged, deleted for good) and their CRD is retyped; what was published still knows who was contacted.
with contacts as (

    select
        advisor_crd,
        contacted_date

    from {{ ref('built_lead_scores') }}

    union all

    select
        advisor_crd,
        contacted_date

    from {{ ref('lead_scores_daily') }}

    where
        score_date >= {{ days_before(day_var('score_date'), whole_number_var('recontact_days')) }}
        and score_date < {{ day_var('score_date') }}

),

final as (

    select distinct advisor_crd

    from contacts

    where
        advisor_crd is not null
        and contacted_date >= {{ days_before(day_var('score_date'), whole_number_var('recontact_days')) }}

)

select * from final
