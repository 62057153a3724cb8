-- Source rows that were kept although something is amiss with them.
with known_advisors as (

    select distinct advisor_crd from {{ ref('int_registrations') }}

),

known_firms as (

    select distinct firm_crd from {{ ref('int_firm_months') }}

),

leads as (

    select
        leads.*,
        concat('lead ', leads.lead_id) as source_key,
        known_advisors.advisor_crd is not null as is_known_advisor

    from {{ ref('int_leads_checked') }} as leads

    left join known_advisors on leads.advisor_crd = known_advisors.advisor_crd

    where leads.rejection_reason is null

),

registrations as (

    select
        registrations.*,
        concat('advisor ', cast(registrations.advisor_crd as {{ dbt.type_string() }})) as advisor_key,
        concat('firm ', cast(registrations.firm_crd as {{ dbt.type_string() }})) as firm_key,
        known_firms.firm_crd is not null as is_known_firm

    from {{ ref('int_registrations') }} as registrations

    left join known_firms on registrations.firm_crd = known_firms.firm_crd

),

-- the one reader of end dates in the project: what it finds never reaches a feature
past_registrations as (

    select
        *,
        concat('advisor ', coalesce(cast(ria_contact_crd_id as {{ dbt.type_string() }}), 'unknown')) as advisor_key

    from {{ source('fintrx', 'contact_registered_employment_history') }}

    where not {{ is_forgotten('advisor', 'ria_contact_crd_id') }}

),

firm_months as (

    select
        *,
        concat('firm ', cast(firm_crd as {{ dbt.type_string() }})) as firm_key

    from {{ ref('int_firm_months_checked') }}

    where rejection_reason is null

),

final as (
    {% for source_table, finding, relation, key, condition in [
        ('lead', "concat('advisor CRD ', advisor_crd_problem)", 'leads', 'source_key', 'advisor_crd_problem is not null'),
        ('lead', "'advisor has no registration'", 'leads', 'source_key', 'advisor_crd is not null and not is_known_advisor'),
        ('lead', "'call dated before the contact (label 0)'", 'leads', 'source_key', 'call_scheduled_date < contacted_date'),
        ('registrations', "'start lies after analysis_date and score_date'", 'registrations', 'advisor_key',
            'started_date > greatest(' ~ day_var('analysis_date') ~ ', ' ~ day_var('score_date') ~ ')'),
        ('registrations', "'firm has no AUM history'", 'registrations', 'firm_key', 'not is_known_firm'),
        ('contact_registered_employment_history', "'end before start (ends are never read)'", 'past_registrations',
            'advisor_key', 'previous_registration_company_end_date < previous_registration_company_start_date'),
        ('firm_historicals', "case when is_aum_nan then 'AUM is NaN (read as unknown)' else 'AUM is null' end",
            'firm_months', 'firm_key', 'total_aum_usd is null'),
    ] %}
        select
            '{{ source_table }}' as source_table,
            {{ finding }} as finding,
            {{ key }} as source_key
        from {{ relation }}
        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from final
