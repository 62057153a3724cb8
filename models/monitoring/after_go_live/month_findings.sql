-- What may explain a month of contacts, one by one: the sources, each feature of its people, the work of each owner; and since when it is not fine.
{%- set every_model = 'cast(null as ' ~ dbt.type_string() ~ ')' %}
with source_months as (

    select
        {{ month_start('score_date') }} as contact_month,
        {{ is_fine_by_day('is_usual', 'score_date') }} as is_fine

    from {{ ref('source_health') }}

    group by contact_month

),

findings as (

    select
        'sources_arrived' as question,
        'all sources' as subject,
        {{ every_model }} as model_version,
        contact_month,
        is_fine

    from source_months

    union all

    select
        'people_known' as question,
        feature as subject,
        model_version,
        sample_date as contact_month,
        not is_drifted as is_fine

    from {{ ref('feature_drift') }}

    where sample = 'contacts'

    union all

    select
        'contacts_worked' as question,
        owner_id as subject,
        {{ every_model }} as model_version,
        contact_month,
        is_worked as is_fine

    from {{ ref('sales_work') }}

),

-- months after the same fine one are of one stretch
stretches as (

    select
        *,
        max(case when is_fine then contact_month end) over (
            partition by question, subject, model_version order by contact_month asc
            rows between unbounded preceding and current row
        ) as last_fine_month

    from findings

),

final as (

    select
        question,
        subject,
        model_version,
        contact_month,
        is_fine,
        case
            when not is_fine
                then min(case when not is_fine then contact_month end) over (
                    partition by question, subject, model_version, last_fine_month
                )
        end as since_month

    from stretches

)

select * from final
