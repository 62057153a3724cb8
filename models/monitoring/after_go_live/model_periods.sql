-- When the leads were contacted that the model in force learned from and was judged on, as its artifact says.
with scores as (

    select * from {{ ref(scoring_model()) }}

),

final as (

    select distinct
        model_version,
        learned_from_date,
        learned_until_date,
        judged_from_date,
        judged_until_date

    from scores

)

select * from final
