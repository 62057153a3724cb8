-- Whether the model in force scores the day's people as it scored those of its first published day.
{%- set limit %}
greatest(
    0.1e0,
    (1e0 / indexes.reference_rows + 1e0 / indexes.sample_rows)
    * {{ normal_as_chi_squared(normal_limit('0.01e0'), '(indexes.bin_count - 1)') }}
)
{%- endset %}
with indexes as (

    select * from {{ ref('drift_indexes') }}
    where sample = 'scored' and bin_count > 1

),

first_days as (

    select
        model_version,
        feature,
        min(sample_date) as first_date
    from {{ ref('score_counts') }}
    where sample = 'reference'
    group by model_version, feature

)

select
    indexes.model_version,
    case when indexes.feature = 'score of leads' then 'leads' else 'prospects' end as population,
    first_days.first_date,
    indexes.reference_rows,
    indexes.sample_rows,
    indexes.stability_index,
    {{ limit }} as stability_limit,
    indexes.stability_index > {{ limit }} as is_drifted,
    indexes.unseen_share

from indexes

inner join first_days on indexes.model_version = first_days.model_version and indexes.feature = first_days.feature
