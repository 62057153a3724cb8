-- In which cell of the model's three strongest features each lead lies that it learned from, and each subject of the day.
-- The range of a feature reaches to the last day of which the model was judged before it was promoted.
with known_leads as (

    select
        contacted.*,
        contacted.contacted_date <= cuts.learned_until_date as is_learned

    from {{ ref('lead_training_set') }} as contacted

    inner join {{ ref('support_cuts') }} as cuts
        on contacted.label is not null and contacted.contacted_date between cuts.learned_from_date and cuts.judged_until_date

),

ranges as (

    select {{ feature_ranges() }} from known_leads

),

people as (

    select
        cast(null as {{ dbt.type_string() }}) as prediction_id,
        1 as learned,
        label as calls,
        {{ contract_features() | join(', ') }}

    from known_leads

    where is_learned

    union all

    select
        prediction_id,
        0 as learned,
        0 as calls,
        {{ contract_features() | join(', ') }}

    from {{ ref('lead_scoring_features') }}

),

with_values as (

    select
        people.prediction_id,
        people.learned,
        people.calls,
        cuts.*,
        {{ strongest_values('cuts') }},
        {{ feature_beyond_range() }} as beyond_feature

    from people

    cross join {{ ref('support_cuts') }} as cuts

    cross join ranges

),

placed as (

    select
        *,
        {{ support_cells() }}

    from with_values

),

final as (

    select
        prediction_id,
        cast(learned as {{ dbt.type_bigint() }}) as learned,
        cast(calls as {{ dbt.type_bigint() }}) as calls,
        cast(cell_1 as {{ dbt.type_bigint() }}) as cell_1,
        cast(cell_2 as {{ dbt.type_bigint() }}) as cell_2,
        cast(cell_3 as {{ dbt.type_bigint() }}) as cell_3,
        case
            when cell_1 = 4 then strongest_1_feature
            when cell_2 = 4 then strongest_2_feature
            when cell_3 = 4 then strongest_3_feature
            else beyond_feature
        end as beyond_feature,
        strongest_1_feature,
        strongest_2_feature,
        strongest_3_feature

    from placed

)

select * from final
