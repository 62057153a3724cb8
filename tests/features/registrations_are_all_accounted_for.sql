-- Registrations = history and current, so what one of the two delivers must be used or be among the
-- rejected rows. v2 read the history alone and took previous firms for current ones.
with delivered as (

    select count(*) as row_count from {{ ref('stg_fintrx__current_registrations') }}

    union all

    select count(*) as row_count from {{ ref('stg_fintrx__past_registrations') }}

),

used as (

    select count(*) as row_count from {{ ref('int_registrations') }}

),

rejected as (

    select count(*) as row_count
    from {{ ref('rejected_source_rows') }}
    where source_table in ('ria_contacts_current', 'contact_registered_employment_history')

),

totals as (

    select sum(row_count) as row_count from delivered

)

select
    totals.row_count as delivered_count,
    used.row_count as used_count,
    rejected.row_count as rejected_count

from totals

cross join used
cross join rejected

where totals.row_count != used.row_count + rejected.row_count
