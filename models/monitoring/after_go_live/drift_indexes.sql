-- How far the people that a model meets are from those that it knew, feature by feature, and their scores from its first ones.
with counts as (

    select * from {{ ref('feature_counts') }}

    where sample != 'reference'

    union all

    select * from {{ ref('score_counts') }}

    where sample != 'reference'

),

bins as (

    select
        *,
        min(lowest_value) over (partition by model_version, feature) as least_known,
        max(highest_value) over (partition by model_version, feature) as most_known,
        min(case when bin = 0 then reference_count end) over (partition by model_version, feature) as unknown_count,
        sum(reference_count) over (partition by model_version, feature) as reference_rows

    from {{ ref('drift_bins') }}

),

-- each count meets each bin of its feature, so that a bin without anybody counts, too
cells as (

    select
        counts.model_version,
        counts.sample,
        counts.sample_date,
        counts.feature,
        bins.bin,
        bins.reference_count,
        bins.reference_rows,
        sum(counts.row_count) as sample_rows,
        sum(case when {{ lies_in_bin() }} then counts.row_count else 0 end) as sample_count,
        sum(
            case
                when counts.feature_value between bins.least_known and bins.most_known then 0
                when counts.feature_value is null and bins.unknown_count > 0 then 0
                else counts.row_count
            end
        ) as unseen_rows

    from counts

    inner join bins on counts.model_version = bins.model_version and counts.feature = bins.feature

    group by
        counts.model_version, counts.sample, counts.sample_date, counts.feature,
        bins.bin, bins.reference_count, bins.reference_rows

),

occupied as (

    select
        *,
        count(*) over (partition by model_version, sample, sample_date, feature) as bin_count

    from cells

    where reference_count + sample_count > 0

),

final as (

    select
        model_version,
        sample,
        sample_date,
        feature,
        cast(max(sample_rows) as {{ dbt.type_bigint() }}) as sample_rows,
        cast(max(reference_rows) as {{ dbt.type_bigint() }}) as reference_rows,
        cast(max(bin_count) as {{ dbt.type_bigint() }}) as bin_count,
        sum({{ stability_term('reference_count', 'reference_rows', 'sample_count', 'sample_rows', 'bin_count') }}) as stability_index,
        max(unseen_rows) / max(sample_rows) as unseen_share,
        sum(case when bin = 0 then sample_count else 0 end) / max(sample_rows) as unknown_share,
        sum(case when bin = 0 then reference_count else 0 end) / max(reference_rows) as reference_unknown_share

    from occupied

    group by model_version, sample, sample_date, feature

)

select * from final
