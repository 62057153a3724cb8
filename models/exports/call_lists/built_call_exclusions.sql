-- Whom the day's lists leave out, and for which reasons: one row per subject and reason.
with subjects as (select * from {{ ref('lead_scoring_features') }}),

-- a start without a firm is none: whoever left the industry is registered nowhere
current_registrations as (

    select distinct
        advisor_crd,
        firm_crd
    from {{ ref('stg_fintrx__current_registrations') }}
    where {{ is_crd('firm_crd') }}

),

suppressions as (select * from {{ ref('active_suppressions') }}),

recent_contacts as (select * from {{ ref('recent_contacts') }}),

-- the firm that the score speaks of, and the one that the vendor shows today: mostly the same
subject_firms as (

    select
        prediction_id,
        firm_crd
    from subjects

    union all

    select
        subjects.prediction_id,
        current_registrations.firm_crd
    from subjects
    inner join current_registrations on subjects.advisor_crd = current_registrations.advisor_crd

),

found as (

    select
        subjects.prediction_id,
        'advisor suppressed' as exclusion,
        suppressions.reason as detail
    from subjects
    inner join suppressions on subjects.advisor_crd = suppressions.advisor_crd

    union all

    select
        subject_firms.prediction_id,
        'firm suppressed' as exclusion,
        suppressions.reason as detail
    from subject_firms
    inner join suppressions on subject_firms.firm_crd = suppressions.firm_crd

    union all

    select
        subjects.prediction_id,
        'contacted recently' as exclusion,
        'on a lead that is gone, within recontact_days' as detail
    from subjects
    inner join recent_contacts on subjects.advisor_crd = recent_contacts.advisor_crd
    where subjects.lead_id is null

    union all

    select
        subjects.prediction_id,
        'no current registration' as exclusion,
        'shown as active, but registered nowhere today' as detail
    from subjects
    left join current_registrations on subjects.advisor_crd = current_registrations.advisor_crd
    where subjects.lead_id is null and current_registrations.advisor_crd is null

),

final as (

    select
        subjects.prediction_id,
        subjects.lead_id,
        subjects.advisor_crd,
        found.exclusion,
        min(found.detail) as detail
    from found
    inner join subjects on found.prediction_id = subjects.prediction_id
    group by subjects.prediction_id, subjects.lead_id, subjects.advisor_crd, found.exclusion

)

select * from final
