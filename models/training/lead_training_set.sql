-- Features, label and split of every contacted lead: the only place where they meet.
with features as (

    select * from {{ ref('lead_scoring_features_pit') }}

),

labels as (

    select * from {{ ref('int_lead_labels') }}

),

boundaries as (

    select * from {{ ref('int_split_boundaries') }}

),

final as (

    select
        features.*,
        labels.label,
        case
            when labels.label is null then 'immature'
            when features.contacted_date >= boundaries.test_start_date then 'test'
            when features.contacted_date >= {{ days_before('boundaries.test_start_date', split_gap_days()) }}
                then 'gap'
            when features.contacted_date >= boundaries.calibration_start_date then 'calibration'
            when features.contacted_date >= {{ days_before('boundaries.calibration_start_date', split_gap_days()) }}
                then 'gap'
            else 'train'
        end as split

    from features

    inner join labels on features.lead_id = labels.lead_id

    cross join boundaries

)

select * from final
