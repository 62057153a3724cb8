{{ config(materialized='view') }}

-- What has been said of each person: scores published before score_date. Whether `builds` has published this day yet
-- or not, these are the same.
{%- set first_day = days_before(day_var('score_date'), whole_number_var('monitored_days')) -%}
{%- set read_days = 'score_date >= ' ~ first_day ~ ' and score_date < ' ~ day_var('score_date') -%}
{%- set what_was_said = 'advisor_crd, score_date, model_version, lead_score, score_decile, is_golden_cohort, build_id' %}
with final as (

    select
        'leads' as population,
        lead_id as scored_lead_id,
        {{ what_was_said }}

    from {{ ref('lead_scores_daily') }}

    where {{ read_days }}

    union all

    select
        'prospects' as population,
        cast(null as {{ dbt.type_string() }}) as scored_lead_id,
        {{ what_was_said }}

    from {{ ref('prospect_scores') }}

    where {{ read_days }}

)

select * from final
