-- Each contact with the score in force: what had been published of the person on or before the day of contact.
{%- set same_person = ['contacts.lead_id = published.scored_lead_id', 'contacts.contacted_crd = published.advisor_crd'] %}
with contacts as (

    select * from {{ ref('monitored_contacts') }}

),

-- By the lead's own id too: its CRD may be missing, or have been retyped since. Nearly all were scored on the newest day
-- under that id; only the others are sought by CRD, and only who is left then is held against every earlier day, which
-- takes a row for each day. The history is named in each join: as a CTE, DuckDB would copy all of it first.
{% for found, sought, is_same_person in [
    ('same_lead', 'contacts', same_person[0]),
    ('same_advisor', 'not_same_lead', same_person[1]),
] %}
    {{ found }} as (

        select
            contacts.*,
            published.*

        from {{ sought }} as contacts

        inner join {{ ref('published_history') }} as published
            on {{ is_same_person }} and contacts.newest_score_date = published.score_date

    ),

    not_{{ found }} as (

        select * from {{ sought }} as contacts

        where not exists (select 1 from {{ found }} where {{ found }}.lead_id = contacts.lead_id)

    ),

{% endfor %}
in_force as (

    select * from same_lead
    union all
    select * from same_advisor
    {% for is_same_person in same_person %}
        union all

        select
            contacts.*,
            published.*
        from not_same_advisor as contacts
        inner join {{ ref('published_history') }} as published
            on {{ is_same_person }} and contacts.newest_score_date > published.score_date
    {% endfor %}

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
