-- Which features have other values than the model learned from, by more than chance: Benjamini and Hochberg over the features.
{%- set scale = '(1e0 / shifts.reference_rows + 1e0 / shifts.sample_rows)' %}
with shifts as (

    select * from {{ ref('drift_indexes') }}

),

-- what the model passed its gates with is no news
judged as (

    select
        model_version,
        feature,
        stability_index as judged_index

    from shifts

    where sample = 'judged'

),

-- of two samples from one population the index is chance_scale times a chi-squared value
measured as (

    select
        shifts.*,
        judged.judged_index,
        {{ scale }} as chance_scale,
        shifts.bin_count - 1 as degrees,
        {{ chi_squared_as_normal('(shifts.stability_index / ' ~ scale ~ ')', '(shifts.bin_count - 1)') }} as normal_value

    from shifts

    left join judged on shifts.model_version = judged.model_version and shifts.feature = judged.feature

    where shifts.sample not in ('judged', 'scored') and shifts.bin_count > 1

),

numbered as (

    select
        *,
        row_number() over (
            partition by model_version, sample, sample_date order by normal_value desc, feature asc
        ) as surprise_rank,
        count(*) over (partition by model_version, sample, sample_date) as feature_count

    from measured

),

-- the step-up rule: all down to the last one that is beyond the limit of its own rank
stepped as (

    select
        *,
        max(case when normal_value >= {{ normal_limit('(0.01e0 * surprise_rank / feature_count)') }} then surprise_rank else 1 end)
            over (partition by model_version, sample, sample_date) as accepted_rank

    from numbered

),

limited as (

    select
        *,
        greatest(
            0.1e0,
            chance_scale * {{ normal_as_chi_squared(normal_limit('(0.01e0 * accepted_rank / feature_count)'), 'degrees') }},
            coalesce(2 * judged_index, 0)
        ) as stability_limit

    from stepped

),

final as (

    select
        model_version,
        sample,
        sample_date,
        feature,
        sample_rows,
        reference_rows,
        stability_index,
        stability_limit,
        stability_index > stability_limit as is_drifted,
        unseen_share,
        unknown_share,
        reference_unknown_share

    from limited

)

select * from final
