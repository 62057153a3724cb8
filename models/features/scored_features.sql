{{ config(
    materialized='incremental',
    incremental_strategy='insert_overwrite' if target.type == 'bigquery' else 'delete+insert',
    unique_key=none if target.type == 'bigquery' else 'score_date',
    partition_by={'field': 'score_date', 'data_type': 'date'} if target.type == 'bigquery' else none,
    partitions=[day_var('score_date')] if target.type == 'bigquery' else none,
    cluster_by=['prediction_id'] if target.type == 'bigquery' else none,
    on_schema_change='append_new_columns',
    full_refresh=false
) }}

-- What each subject's score of the day was made of, kept as it was scored: a later delivery may tell
-- the past otherwise, and then nobody could say why a score moved.
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
