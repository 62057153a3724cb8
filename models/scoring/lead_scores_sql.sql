-- The score of each lead and prospect of the day by the exported model, without Python.
with features as (

    select * from {{ ref('lead_scoring_features') }}

),

margin_parts as (

    select
        prediction_id,
        {{ exported_model_margin_parts() }}

    from features

),

margins as (

    select
        prediction_id,
        {{ exported_model_margin() }} as margin

    from margin_parts

),

raw_scores as (

    select
        prediction_id,
        1 / (1 + exp(-margin)) as uncalibrated_score

    from margins

),

final as (

    select
        prediction_id,
        uncalibrated_score,
        {{ exported_model_lead_score() }} as lead_score,
        cast({{ exported_model_base_rate() }} as {{ double_type() }}) as base_rate,
        {%- for number in [1, 2, 3] %}
        cast(null as {{ dbt.type_string() }}) as driver_{{ number }}_feature,
        cast(null as {{ double_type() }}) as driver_{{ number }}_value,
        cast(null as {{ double_type() }}) as driver_{{ number }}_contribution,
        {%- endfor %}
        cast(null as {{ dbt.type_string() }}) as narrative,
        '{{ exported_version() }}' as model_version,
        '{{ exported_model_sha256() }}' as model_sha256,
        {{ exported_model_periods() }},
        {{ exported_model_strongest() }}

    from raw_scores

)

select * from final
