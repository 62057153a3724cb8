-- What each subject's score of the day was made of, kept as it was scored: a later delivery may report
-- the past otherwise, and then the change of a score could not be explained.
with features as (

    select * from {{ ref('lead_scoring_features') }}

),

final as (

    select
        {{ day_var('score_date') }} as score_date,
        {{ contract_columns('lead_scoring_features') }}

    from features

)

select * from final
