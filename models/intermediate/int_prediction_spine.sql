-- Whom we predict, and as of which day. Everything after this model asks only for advisor and day.
with leads as (

    select * from {{ ref('int_leads_checked') }}

),

advisors as (

    select * from {{ ref('stg_fintrx__advisors') }}

),

-- deleted and converted leads stay: leaving them out would choose the past by what came later
lead_subjects as (

    select
        concat('lead:', lead_id) as prediction_id,
        case when contacted_date is null then 'uncontacted_lead' else 'contacted_lead' end as subject_type,
        lead_id,
        advisor_crd,
        contacted_date,
        coalesce(contacted_date, {{ day_var('score_date') }}) as as_of_date

    from leads

    where rejection_reason is null

),

prospect_subjects as (

    select distinct
        concat('prospect:', cast(advisors.advisor_crd as {{ dbt.type_string() }})) as prediction_id,
        'prospect' as subject_type,
        cast(null as {{ dbt.type_string() }}) as lead_id,
        advisors.advisor_crd,
        cast(null as date) as contacted_date,
        {{ day_var('score_date') }} as as_of_date

    from advisors

    left join leads on advisors.advisor_crd = leads.advisor_crd

    where
        {{ is_crd('advisors.advisor_crd') }}
        and advisors.is_producing
        and leads.advisor_crd is null

),

final as (

    select * from lead_subjects

    union all

    select * from prospect_subjects

)

select * from final
