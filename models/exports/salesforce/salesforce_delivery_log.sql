{{ config(
    materialized='incremental',
    on_schema_change='append_new_columns',
    full_refresh=false
) }}

-- What was sent to Salesforce and what became of it, row by row. dbt only makes the table: it is empty
-- on the first run, `lead-scoring sync salesforce` appends to it, and nobody ever changes a row.
select
    cast(null as {{ dbt.type_string() }}) as batch_id,
    cast(null as {{ dbt.type_string() }}) as send_method,
    cast(null as {{ dbt.type_string() }}) as lead_id,
    cast(null as {{ dbt.type_string() }}) as delivery_result,
    cast(null as {{ dbt.type_string() }}) as error_code,
    cast(null as timestamp) as logged_at,
    cast(null as {{ double_type() }}) as lead_score,
    cast(null as {{ dbt.type_string() }}) as score_bucket,
    cast(null as {{ dbt.type_string() }}) as action_recommended,
    cast(null as {{ dbt.type_string() }}) as narrative,
    cast(null as {{ dbt.type_string() }}) as model_version,
    cast(null as {{ double_type() }}) as restlessness_ratio,
    cast(null as {{ dbt.type_bigint() }}) as flight_risk_score,
    cast(null as boolean) as is_fresh_start

from (select 1 as one_row) as nothing_yet

where one_row = 0
