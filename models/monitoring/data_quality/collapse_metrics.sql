-- How much there is of what the scores are made of: what a broken delivery loses without an error.
with known_advisors as (

    select distinct advisor_crd from {{ ref('int_registrations') }}

),

leads as (

    select
        leads.advisor_crd,
        leads.contacted_date,
        case when known_advisors.advisor_crd is null then 0 else 1 end as has_registration

    from {{ ref('int_leads_checked') }} as leads

    left join known_advisors on leads.advisor_crd = known_advisors.advisor_crd

    where leads.rejection_reason is null

),

registrations as (

    select * from {{ ref('int_registrations_checked') }} where rejection_reason is null

),

firm_months as (

    select * from {{ ref('int_firm_months') }}

),

scored as (

    select
        case when starts_with(prediction_id, 'lead:') then 'scored leads' else 'scored prospects' end as subject,
        uncalibrated_score

    from {{ ref(scoring_model()) }}

),

scores as (

    select
        subject,
        uncalibrated_score,
        count(*) as subject_count

    from scored

    group by subject, uncalibrated_score

),

final as (
    {% set current, past = "source_table = 'ria_contacts_current'", "source_table = 'contact_registered_employment_history'" -%}
    {% set month, quarter = days_before(day_var('score_date'), 30), days_before(day_var('score_date'), 90) -%}
    {% set today = day_var('score_date') -%}
    {% set of_leads, of_prospects = "subject = 'scored leads'", "subject = 'scored prospects'" -%}
    {% for subject, metric, relation, value, condition in [
        ('lead', 'rows', source('salesforce', 'lead'), 'count(*)', 'true'),
        ('lead', 'distinct advisors', 'leads', 'count(distinct advisor_crd)', 'true'),
        ('lead', 'share with a registration', 'leads', 'avg(has_registration)', 'true'),
        ('lead', 'contacts in the last 30 days', 'leads', 'count(*)', 'contacted_date > ' ~ month ~ ' and contacted_date <= ' ~ today),
        ('lead', 'days since the newest contact', 'leads', days_between('max(contacted_date)', today), 'contacted_date <= ' ~ today),
        ('ria_contacts_current', 'rows', source('fintrx', 'ria_contacts_current'), 'count(*)', 'true'),
        ('ria_contacts_current', 'distinct advisors', 'registrations', 'count(distinct advisor_crd)', current),
        ('ria_contacts_current', 'starts in the last 30 days', 'registrations', 'count(*)', current ~ ' and started_date > ' ~ month ~ ' and started_date <= ' ~ today),
        ('ria_contacts_current', 'starts 30 to 90 days ago', 'registrations', 'count(*)', current ~ ' and started_date > ' ~ quarter ~ ' and started_date <= ' ~ month),
        ('ria_contacts_current', 'days since the newest start', 'registrations', days_between('max(started_date)', today), current ~ ' and started_date <= ' ~ today),
        ('contact_registered_employment_history', 'rows', source('fintrx', 'contact_registered_employment_history'), 'count(*)', 'true'),
        ('contact_registered_employment_history', 'distinct advisors', 'registrations', 'count(distinct advisor_crd)', past),
        ('firm_historicals', 'rows', source('fintrx', 'firm_historicals'), 'count(*)', 'true'),
        ('firm_historicals', 'distinct firms', 'firm_months', 'count(distinct firm_crd)', 'true'),
        ('firm_historicals', 'share with AUM', 'firm_months', 'avg(case when total_aum_usd is null then 0 else 1 end)', 'true'),
        ('firm_historicals', 'days since the newest month began', 'firm_months', days_between('max(month_start_date)', today), 'month_start_date <= ' ~ today),
        ('scored leads', 'rows', 'scores', 'coalesce(sum(subject_count), 0)', of_leads),
        ('scored leads', 'distinct scores', 'scores', 'count(*)', of_leads),
        ('scored leads', 'share with the commonest score', 'scores', 'max(subject_count) / sum(subject_count)', of_leads),
        ('scored prospects', 'rows', 'scores', 'coalesce(sum(subject_count), 0)', of_prospects),
        ('scored prospects', 'distinct scores', 'scores', 'count(*)', of_prospects),
        ('scored prospects', 'share with the commonest score', 'scores', 'max(subject_count) / sum(subject_count)', of_prospects),
    ] %}
        select
            '{{ subject }}' as subject,
            '{{ metric }}' as metric,
            cast({{ value }} as {{ double_type() }}) as metric_value
        from {{ relation }}
        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from final
