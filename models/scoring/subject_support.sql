-- How many of the leads that the model learned from were like each subject of the day, and what is unfamiliar about it.
with placed as (

    select * from {{ ref('support_placements') }}

),

subjects as (

    select * from {{ ref('lead_scoring_features') }}

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

-- no lead had a value beyond all of theirs, so none stands behind it
counted as (

    select
        placed.prediction_id,
        case when placed.beyond_feature is null then cells.support_leads else 0 end as support_leads,
        case when placed.beyond_feature is null then cells.support_calls else 0 end as support_calls,
        case
            when placed.beyond_feature is not null then placed.beyond_feature
            when cells.leads_without_1 >= greatest(cells.leads_without_2, cells.leads_without_3) then placed.strongest_1_feature
            when cells.leads_without_2 >= cells.leads_without_3 then placed.strongest_2_feature
            else placed.strongest_3_feature
        end as least_familiar_feature

    from placed

    inner join cells on placed.cell_1 = cells.cell_1 and placed.cell_2 = cells.cell_2 and placed.cell_3 = cells.cell_3

    where placed.learned = 0

),

final as (

    select
        subjects.prediction_id,
        case
            when counted.support_leads is null then 'unknown'
            when counted.support_leads < {{ whole_number_var('familiar_leads') }} then 'unfamiliar'
            else 'familiar'
        end as support,
        cast(counted.support_leads as {{ dbt.type_bigint() }}) as support_leads,
        cast(counted.support_calls as {{ dbt.type_bigint() }}) as support_calls,
        case
            when counted.support_leads < {{ whole_number_var('familiar_leads') }} then counted.least_familiar_feature
        end as unfamiliar_feature

    from subjects

    left join counted on subjects.prediction_id = counted.prediction_id

)

select * from final
