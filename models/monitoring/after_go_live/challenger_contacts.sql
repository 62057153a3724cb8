-- Each contact of which champion and challenger had both said something on the same day, with how well each was right.
-- The score in force may be one of another lead of the advisor: the challenger's is of the same.
{%- set first_day = days_before(day_var('score_date'), whole_number_var('monitored_days')) %}
with contacts as (

    select * from {{ ref('scored_contacts') }}

),

challengers as (

    select * from {{ ref('challenger_scores') }}

    where score_date >= {{ first_day }} and score_date < {{ day_var('score_date') }}

),

paired as (
    {% for population, contact_key, key in [('leads', 'scored_lead_id', 'lead_id'), ('prospects', 'advisor_crd', 'advisor_crd')] %}
        select
            contacts.*,
            challengers.model_version as challenger_version,
            challengers.lead_score as challenger_score,
            challengers.score_decile as challenger_decile

        from contacts

        inner join challengers
            on contacts.score_date = challengers.score_date and contacts.{{ contact_key }} = challengers.{{ key }}

        where contacts.population = '{{ population }}' and challengers.population = '{{ population }}'
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (

    select
        lead_id,
        {{ month_start('contacted_date') }} as contact_month,
        population,
        model_version as champion_version,
        challenger_version,
        is_ripe,
        label,
        lead_score as champion_score,
        challenger_score,
        score_decile as champion_decile,
        challenger_decile,
        {{ log_likelihood('lead_score') }} as champion_log_score,
        {{ log_likelihood('challenger_score') }} as challenger_log_score

    from paired

    where model_version != challenger_version

)

select * from final
