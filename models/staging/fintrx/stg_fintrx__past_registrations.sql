with source as (

    select * from {{ source('fintrx', 'contact_registered_employment_history') }}

),

renamed as (

    select
        ria_contact_crd_id as advisor_crd,
        previous_registration_company_crd_id as firm_crd,
        previous_registration_company_start_date as started_date

    from source

    where not {{ is_forgotten('advisor', 'ria_contact_crd_id') }}

)

select * from renamed
