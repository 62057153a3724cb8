with source as (

    select * from {{ source('fintrx', 'ria_contacts_current') }}

),

renamed as (

    select
        ria_contact_crd_id as advisor_crd,
        primary_firm_name,
        coalesce(producing_advisor, false) as is_producing

    from source

)

select * from renamed
