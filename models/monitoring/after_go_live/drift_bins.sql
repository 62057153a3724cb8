-- Tenths of the values that a model knew, feature by feature, and of its first scores; unknown values have a bin of their own.
with reference as (

    select * from {{ ref('feature_counts') }}

    where sample = 'reference'

    union all

    select * from {{ ref('score_counts') }}

    where sample = 'reference'

),

cumulated as (

    select
        model_version,
        feature,
        feature_value,
        row_count,
        sum(row_count) over (partition by model_version, feature order by feature_value) - row_count as rows_below,
        sum(row_count) over (partition by model_version, feature) as all_rows

    from reference

    where feature_value is not null

),

binned as (

    select
        model_version,
        feature,
        cast(floor(10 * rows_below / all_rows) as {{ dbt.type_bigint() }}) + 1 as bin,
        max(feature_value) as highest_value,
        min(feature_value) as lowest_value,
        sum(row_count) as reference_count

    from cumulated

    group by model_version, feature, bin

),

-- bin 0 is of the unknown; a feature of which nothing was known has a bin 1, too, for what is known of it later
without_values as (
    {% for bin, counted in [(0, 'case when feature_value is null then row_count else 0 end'), (1, '0')] %}
        select
            model_version,
            feature,
            cast({{ bin }} as {{ dbt.type_bigint() }}) as bin,
            cast(null as {{ double_type() }}) as highest_value,
            cast(null as {{ double_type() }}) as lowest_value,
            sum({{ counted }}) as reference_count

        from reference

        group by model_version, feature

        {{ 'having count(feature_value) = 0' if bin == 1 else 'union all' }}
    {% endfor %}
),

together as (

    select * from binned

    union all

    select * from without_values

),

final as (

    select
        model_version,
        feature,
        bin,
        case when bin > 0 then lag(highest_value) over (partition by model_version, feature order by bin) end as above_value,
        case
            when bin > 0 and lead(bin) over (partition by model_version, feature order by bin) is not null then highest_value
        end as up_to_value,
        lowest_value,
        highest_value,
        cast(reference_count as {{ dbt.type_bigint() }}) as reference_count

    from together

)

select * from final
