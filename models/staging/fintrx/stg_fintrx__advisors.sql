with source as (

    select * from {{ source('fintrx', 'ria_contacts_current') }}

),

renamed as (

    select
        ria_contact_crd_id as advisor_crd,
        contact_first_name as first_name,
        contact_last_name as last_name,
        primary_firm_name,
        coalesce(producing_advisor, false) as is_producing

    from source

    where not {{ is_forgotten('advisor', 'ria_contact_crd_id') }}

)

select * from renamed
