{{ config(
    materialized='incremental',
    on_schema_change='append_new_columns',
    full_refresh=false
) }}

-- Keys of people who asked to be forgotten, as keyed hashes. dbt only makes the table: it is empty on the first run,
-- `lead-scoring forget --apply` appends to it, and nobody ever changes a row.
select
    cast(null as {{ dbt.type_string() }}) as key_kind,
    cast(null as {{ dbt.type_string() }}) as key_hash,
    cast(null as {{ dbt.type_string() }}) as key_check,
    cast(null as date) as forgotten_date

from (select 1 as one_row) as nothing_yet

where one_row = 0
