{{ config(materialized='publication') }}

-- One row a build. Its materialization publishes what the build made and this row in one transaction, last of
-- all: nothing is published before every test of severity error above has passed (decision 0014).
-- Published: {{ ref('lead_scores_daily') }} {{ ref('prospect_scores') }} {{ ref('scored_features') }}
-- {{ ref('challenger_scores') }}
-- {{ ref('call_exclusions') }} {{ ref('prospect_call_list') }} {{ ref('salesforce_leads') }}
-- {{ ref('build_counts') }} {{ ref('build_findings') }} {{ ref('build_sources') }} {{ ref('build_metrics') }}
-- Their tests count too: {{ ref('hypothesis_evidence') }}
{%- if var('scoring_engine') != 'sql' %} {{ ref('lead_test_predictions') }} {%- endif %}
-- {{ ref('salesforce_fields') }} {{ ref('salesforce_delivery_log') }} {{ ref('collapse_limits') }} {{ ref('model_targets') }}
-- A test waits for, and stops, only what descends from all relations that it reads: hence the seeds.
with scores as (

    select * from {{ ref(scoring_model()) }}

),

final as (

    select
        {{ this_build() }} as build_id,
        'published' as result,
        {{ day_var('score_date') }} as score_date,
        {{ day_var('analysis_date') }} as analysis_date,
        max(model_version) as model_version,
        max(model_sha256) as model_sha256,
        cast(count(*) as {{ dbt.type_bigint() }}) as scored_rows,
        {{ utc_timestamp(run_started_at) }} as started_at,
        {{ utc_timestamp(modules.datetime.datetime.now(modules.pytz.utc)) }} as ended_at,
        cast(null as {{ dbt.type_string() }}) as failed_nodes

    from scores

)

select * from final
