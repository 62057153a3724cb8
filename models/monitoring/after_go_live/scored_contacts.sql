-- Each contact with the score in force: what had been published of the person on or before the day of contact.
{%- set same_person = ['contacts.lead_id = published.scored_lead_id', 'contacts.contacted_crd = published.advisor_crd'] %}
with contacts as (

    select * from {{ ref('monitored_contacts') }}

),

-- By the lead's own id too: its CRD may be missing, or have been retyped since. Nearly all contacts were scored on the
-- newest day; only the others are held against every earlier one, which takes a row for each day and contact. The history
-- is named in each join: as a CTE, DuckDB would copy all of it first.
on_newest_day as (
    {% for is_same_person in same_person %}
        select
            contacts.*,
            published.*
        from contacts
        inner join {{ ref('published_history') }} as published
            on {{ is_same_person }} and contacts.newest_score_date = published.score_date
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

not_on_newest_day as (

    select * from contacts

    where not exists (select 1 from on_newest_day where on_newest_day.lead_id = contacts.lead_id)

),

in_force as (

    select * from on_newest_day

    {% for is_same_person in same_person %}
        union all

        select
            contacts.*,
            published.*
        from not_on_newest_day as contacts
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
