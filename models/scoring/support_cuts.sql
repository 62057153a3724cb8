-- Where the leads that the model learned from lie on its three strongest features: their range, and the cuts between thirds.
with contacted as (

    select * from {{ ref('lead_training_set') }}

),

scores as (

    select * from {{ ref(scoring_model()) }}

),

model_in_force as (

    select distinct
        model_version,
        learned_from_date,
        learned_until_date,
        judged_until_date,
        strongest_1_feature,
        strongest_2_feature,
        strongest_3_feature

    from scores

),

learned as (

    select
        model_in_force.*,
        {{ strongest_values('model_in_force') }}

    from contacted

    cross join model_in_force

    where
        contacted.label is not null
        and contacted.contacted_date between model_in_force.learned_from_date and model_in_force.learned_until_date

),

ranked as (

    select
        *,
        {{ shares_below() }}

    from learned

),

final as (

    select
        model_version,
        learned_from_date,
        learned_until_date,
        judged_until_date,
        strongest_1_feature,
        strongest_2_feature,
        strongest_3_feature,
        {{ thirds() }},
        cast(count(*) as {{ dbt.type_bigint() }}) as learned_count

    from ranked

    group by
        model_version, learned_from_date, learned_until_date, judged_until_date, strongest_1_feature, strongest_2_feature, strongest_3_feature

)

select * from final
