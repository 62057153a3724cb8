-- Each contact with the score in force: what had been published of the person on or before the day of contact.
with labels as (

    select * from {{ ref('int_lead_labels') }}

),

leads as (

    select * from {{ ref('int_leads_checked') }}

),

published as (select * from {{ ref('published_history') }}),

contacts as (

    select
        labels.lead_id,
        leads.advisor_crd as contacted_crd,
        leads.owner_id,
        labels.contacted_date,
        labels.label
    from labels
    inner join leads on labels.lead_id = leads.lead_id and leads.rejection_reason is null

),

-- by the lead's own id too: its CRD may be missing, or have been retyped since
in_force as (

    select
        contacts.*,
        published.*

    from contacts

    inner join published
        on contacts.lead_id = published.scored_lead_id and contacts.contacted_date >= published.score_date

    union all

    select
        contacts.*,
        published.*

    from contacts

    inner join published
        on contacts.contacted_crd = published.advisor_crd and contacts.contacted_date >= published.score_date

),

numbered as (

    select
        *,
        row_number() over (
            partition by lead_id
            order by
                score_date desc,
                case when scored_lead_id = lead_id then 0 else 1 end asc,
                case when population = 'leads' then 0 else 1 end asc,
                scored_lead_id asc,
                build_id asc
        ) as preference

    from in_force

),

final as (

    select
        lead_id,
        contacted_crd as advisor_crd,
        owner_id,
        contacted_date,
        {{ days_after('contacted_date', whole_number_var('label_window_days')) }} as ripe_date,
        label is not null as is_ripe,
        label,
        score_date,
        population,
        model_version,
        lead_score,
        score_decile,
        is_golden_cohort,
        build_id,
        scored_lead_id

    from numbered

    where preference = 1

)

select * from final
