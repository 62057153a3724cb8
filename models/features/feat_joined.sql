{{ config(materialized='view') }}

-- The feature groups side by side, one row per prediction: who asks gets what is known of the advisor on the day. A new
-- group is one more join here; a new feature of a group needs no edit, hence the only `select *` over joins of the project.
with spine as (

    select
        -- the keys first, where BigQuery puts what is joined by `using`
        advisor_crd,
        as_of_date,
        prediction_id,
        subject_type,
        lead_id,
        contacted_date

    from {{ ref('int_prediction_spine') }}

)

select * -- noqa: RF02

from spine

left join {{ ref('feat_registrations') }} using (advisor_crd, as_of_date) -- noqa: ST07

left join {{ ref('feat_firm_people') }} using (advisor_crd, as_of_date) -- noqa: ST07

left join {{ ref('feat_firm_aum') }} using (advisor_crd, as_of_date) -- noqa: ST07
