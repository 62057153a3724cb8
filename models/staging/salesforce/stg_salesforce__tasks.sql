-- What sales did about a lead. No rows where the source is absent.
with source as (
    {% if var('task_source') == 'present' %}
        select
            id,
            whoid,
            ownerid,
            createddate,
            type,
            calldisposition

        from {{ source('salesforce', 'task') }}
    {% else %}
        select
            cast(null as {{ dbt.type_string() }}) as id,
            cast(null as {{ dbt.type_string() }}) as whoid,
            cast(null as {{ dbt.type_string() }}) as ownerid,
            cast(null as {{ dbt.type_timestamp() }}) as createddate,
            cast(null as {{ dbt.type_string() }}) as type,
            cast(null as {{ dbt.type_string() }}) as calldisposition
    {% endif %}
),

final as (

    select
        nullif({{ trimmed('id') }}, '') as task_id,
        nullif({{ trimmed('whoid') }}, '') as lead_id,
        nullif({{ trimmed('ownerid') }}, '') as owner_id,
        cast(createddate as date) as created_date,
        lower({{ trimmed('type') }}) = 'call' and nullif({{ trimmed('calldisposition') }}, '') is not null as is_call_made

    from source

    where whoid is not null and createddate is not null

)

select * from final

where not {{ is_forgotten('lead', 'lead_id') }}
