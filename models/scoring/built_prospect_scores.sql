-- The day's ranking of active advisors who are not in Salesforce, beside what is published.
with ranked_scores as (

    select * from {{ ref('ranked_scores') }}

),

final as (

    select
        advisor_crd,
        {{ daily_score_columns() }}

    from ranked_scores

    where is_prospect

)

select * from final
