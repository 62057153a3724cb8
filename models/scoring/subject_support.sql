-- How many of the leads that the model learned from were like each subject of the day, and what is unfamiliar about it.
with contacted as (

    select * from {{ ref('lead_training_set') }}

),

subjects as (

    select * from {{ ref('lead_scoring_features') }}

),

cuts as (

    select * from {{ ref('support_cuts') }}

),

people as (

    select
        cast(null as {{ dbt.type_string() }}) as prediction_id,
        1 as learned,
        contacted.label as calls,
        cuts.*,
        {{ strongest_values('cuts') }}

    from contacted

    cross join cuts

    where contacted.label is not null and contacted.contacted_date between cuts.learned_from_date and cuts.learned_until_date

    union all

    select
        subjects.prediction_id,
        0 as learned,
        0 as calls,
        cuts.*,
        {{ strongest_values('cuts') }}

    from subjects

    cross join cuts

),

placed as (

    select
        *,
        {{ support_cells() }}

    from people

),

cells as (

    select
        cell_1,
        cell_2,
        cell_3,
        sum(learned) as support_leads,
        sum(calls) as support_calls,
        -- of the cells that differ in one feature only, and of this one
        sum(sum(learned)) over (partition by cell_2, cell_3) as leads_without_1,
        sum(sum(learned)) over (partition by cell_1, cell_3) as leads_without_2,
        sum(sum(learned)) over (partition by cell_1, cell_2) as leads_without_3

    from placed

    group by cell_1, cell_2, cell_3

),

final as (

    select
        subjects.prediction_id,
        case
            when cells.support_leads is null then 'unknown'
            when cells.support_leads < {{ whole_number_var('familiar_leads') }} then 'unfamiliar'
            else 'familiar'
        end as support,
        cast(cells.support_leads as {{ dbt.type_bigint() }}) as support_leads,
        cast(cells.support_calls as {{ dbt.type_bigint() }}) as support_calls,
        {{ unfamiliar_feature() }} as unfamiliar_feature

    from subjects

    left join placed on subjects.prediction_id = placed.prediction_id

    left join cells on placed.cell_1 = cells.cell_1 and placed.cell_2 = cells.cell_2 and placed.cell_3 = cells.cell_3

)

select * from final
