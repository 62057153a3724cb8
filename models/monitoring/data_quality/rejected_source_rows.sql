-- Every source row that was left out, and why.
with registrations as (

    select * from {{ ref('int_registrations_checked') }}

),

firm_months as (

    select * from {{ ref('int_firm_months_checked') }}

),

leads as (

    select * from {{ ref('int_leads_checked') }}

),

final as (

    select
        source_table,
        concat(
            'advisor ', coalesce(cast(advisor_crd as {{ dbt.type_string() }}), 'unknown'),
            ', firm ', coalesce(cast(firm_crd as {{ dbt.type_string() }}), 'unknown'),
            ', start ', coalesce(cast(started_date as {{ dbt.type_string() }}), 'unknown')
        ) as source_key,
        rejection_reason as reason

    from registrations

    where rejection_reason is not null

    union all

    select
        'firm_historicals' as source_table,
        concat(
            'firm ', coalesce(cast(firm_crd as {{ dbt.type_string() }}), 'unknown'),
            ', year ', coalesce(cast(delivered_year as {{ dbt.type_string() }}), 'unknown'),
            ', month ', coalesce(cast(delivered_month as {{ dbt.type_string() }}), 'unknown')
        ) as source_key,
        rejection_reason as reason

    from firm_months

    where rejection_reason is not null

    union all

    select
        'lead' as source_table,
        coalesce(lead_id, 'unknown') as source_key,
        rejection_reason as reason

    from leads

    where rejection_reason is not null

)

select * from final
