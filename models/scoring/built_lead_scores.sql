-- The day's ranking of open leads, beside what is published.
with ranked_scores as (

    select * from {{ ref('ranked_scores') }}

),

final as (

    select
        lead_id,
        advisor_crd,
        contacted_date,
        {{ daily_score_columns() }}

    from ranked_scores

    where not is_prospect

)

select * from final
