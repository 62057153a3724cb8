{#- Whoever was forgotten stays out of what is built (decision 0026): `lead-scoring forget` writes keyed hashes, staging leaves out whom they mean. -#}


{#-
  True for a row that belongs to a forgotten person; never null.

  kind is advisor or lead, key_expression the CRD number or the lead id. Without a forgotten person nothing is hashed.
-#}
{% macro is_forgotten(kind, key_expression) -%}
    coalesce({{ keyed_hash("concat('" ~ kind ~ ":', cast(" ~ key_expression ~ " as " ~ dbt.type_string() ~ "))") }} in (select key_hash from {{ ref('forgotten_people') }}), false)
{%- endmacro %}


{#-
  HMAC-SHA256 (RFC 2104) of a text in hexadecimal digits, as python_scoring/io/forget_key.py computes it; null without a key.

  The key stands in no statement, since dbt writes statements into files and BigQuery keeps them for months. On DuckDB it
  comes by variables of the connection (python_scoring/io/database/dbt_plugin.py), on BigQuery from a table of one row
  in a dataset that only the job may read (var forget_dataset).
-#}
{% macro keyed_hash(text_expression) -%} {{ return(adapter.dispatch('keyed_hash', 'lead_scoring')(text_expression)) }} {%- endmacro %}

{% macro default__keyed_hash(text_expression) -%}
    sha256(cast(getvariable('forget_outer_pad') as blob) || unhex(sha256(cast(getvariable('forget_inner_pad') as blob) || encode({{ text_expression }}))))
{%- endmacro %}

{% macro bigquery__keyed_hash(text_expression) -%}
    {%- if var('forget_dataset') -%}
        to_hex(sha256(concat({{ _forget_pad('5c') }}, sha256(concat({{ _forget_pad('36') }}, cast({{ text_expression }} as bytes))))))
    {%- else -%}
        cast(null as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}


{#- BigQuery only: the key, filled up to a block of SHA-256, each byte changed by the same one. -#}
{% macro _forget_pad(byte) -%} (rpad(cast({{ _forget_key() }} as bytes), 64, b'\x00') ^ repeat(b'\x{{ byte }}', 64)) {%- endmacro %}

{% macro _forget_key() -%} (select secret from `{{ target.database }}`.`{{ var('forget_dataset') }}`.`forget_key`) {%- endmacro %}


{#- Stops a run that would bring forgotten people back, because it has no key, or another one. -#}
{% macro check_forget_key() %}
    {%- if execute and flags.WHICH in ['build', 'run', 'test'] -%}
        {%- set forgotten = adapter.get_relation(database=target.database, schema=target.schema, identifier='forgotten_people') -%}
        {%- set other = run_query("select count(*) from " ~ forgotten ~ " where key_check is distinct from " ~ keyed_hash("'check:'")).rows[0][0] if forgotten else 0 -%}
        {%- if other -%}
            {{ exceptions.raise_compiler_error(
                "The key of the forgotten people is missing, or is another one than theirs (" ~ other ~ " hashes).\n"
                ~ "Why it matters: nobody could tell who was forgotten, and the delivery would bring these people back. Nothing was built.\n"
                ~ "Where: " ~ ("the environment, LEAD_SCORING_FORGET_KEY" if target.type == 'duckdb' else "the table forget_key in the dataset of the var forget_dataset") ~ "; relation forgotten_people.\n"
                ~ "Fix: give the key with which `lead-scoring forget` was run; docs/operations/forget.md says where it is kept."
            ) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
