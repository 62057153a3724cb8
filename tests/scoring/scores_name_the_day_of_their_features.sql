-- A contacted lead is scored on what was known on its contact date, everybody else on what was known on
-- score_date. Whoever reads the tables must be able to distinguish the two days.
with published as (

    select
        score_date,
        as_of_date,
        contacted_date,
        concat('lead ', lead_id) as subject

    from {{ ref('built_lead_scores') }}

    union all

    select
        score_date,
        as_of_date,
        cast(null as date) as contacted_date,
        concat('advisor ', cast(advisor_crd as {{ dbt.type_string() }})) as subject

    from {{ ref('built_prospect_scores') }}

)

select *

from published

where as_of_date is null or as_of_date != coalesce(contacted_date, score_date)
