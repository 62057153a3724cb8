-- Source rows that were kept although something is amiss with them.
with leads as (

    select
        *,
        concat('lead ', lead_id) as lead_key

    from {{ ref('int_leads_checked') }}

    where rejection_reason is null

),

registrations as (

    select * from {{ ref('int_registrations') }}

),

firm_months as (

    select * from {{ ref('int_firm_months') }}

),

known_advisors as (select distinct advisor_crd from registrations),

known_firms as (select distinct firm_crd from firm_months),

-- the one reader of end dates in the project: what it finds never reaches a feature
past_registrations as (

    select * from {{ source('fintrx', 'contact_registered_employment_history') }}

),

final as (

    select
        'lead' as source_table,
        'advisor CRD is missing' as finding,
        lead_key as source_key
    from leads
    where advisor_crd is null and advisor_crd_text is null

    union all

    select
        'lead' as source_table,
        'advisor CRD has no digits' as finding,
        lead_key as source_key
    from leads
    where advisor_crd is null and advisor_crd_text is not null

    union all

    select
        'lead' as source_table,
        'advisor has no registration' as finding,
        leads.lead_key as source_key
    from leads
    left join known_advisors on leads.advisor_crd = known_advisors.advisor_crd
    where leads.advisor_crd is not null and known_advisors.advisor_crd is null

    union all

    select
        'lead' as source_table,
        'call dated before the contact (label 0)' as finding,
        lead_key as source_key
    from leads
    where call_scheduled_date < contacted_date

    union all

    select
        'registrations' as source_table,
        'start lies after analysis_date and score_date' as finding,
        concat('advisor ', cast(advisor_crd as {{ dbt.type_string() }})) as source_key
    from registrations
    where started_date > greatest({{ day_var('analysis_date') }}, {{ day_var('score_date') }})

    union all

    select
        'registrations' as source_table,
        'firm has no AUM history' as finding,
        concat('firm ', cast(registrations.firm_crd as {{ dbt.type_string() }})) as source_key
    from registrations
    left join known_firms on registrations.firm_crd = known_firms.firm_crd
    where known_firms.firm_crd is null

    union all

    select
        'contact_registered_employment_history' as source_table,
        'end before start (ends are never read)' as finding,
        concat('advisor ', cast(ria_contact_crd_id as {{ dbt.type_string() }})) as source_key
    from past_registrations
    where previous_registration_company_end_date < previous_registration_company_start_date

    union all

    select
        'firm_historicals' as source_table,
        'AUM is null' as finding,
        concat('firm ', cast(firm_crd as {{ dbt.type_string() }})) as source_key
    from firm_months
    where total_aum_usd is null

)

select * from final
