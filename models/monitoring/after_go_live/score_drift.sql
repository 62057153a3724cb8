-- Whether the model in force scores the day's people as it scored those of its first published day.
with indexes as (

    select * from {{ ref('drift_indexes') }}

    where sample = 'scored'

),

first_days as (

    select
        model_version,
        feature,
        min(sample_date) as first_date

    from {{ ref('score_counts') }}

    where sample = 'reference'

    group by model_version, feature

),

limited as (

    select
        indexes.*,
        first_days.first_date,
        greatest(
            0.1e0,
            (1e0 / indexes.reference_rows + 1e0 / indexes.sample_rows)
            * {{ normal_as_chi_squared(normal_limit('0.01e0'), '(indexes.bin_count - 1)') }}
        ) as stability_limit

    from indexes

    inner join first_days on indexes.model_version = first_days.model_version and indexes.feature = first_days.feature

    where indexes.bin_count > 1

)

select
    model_version,
    case when feature = 'score of leads' then 'leads' else 'prospects' end as population,
    first_date,
    reference_rows,
    sample_rows,
    stability_index,
    stability_limit,
    stability_index > stability_limit as is_drifted,
    unseen_share

from limited
