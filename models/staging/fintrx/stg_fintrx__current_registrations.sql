with source as (

    select * from {{ source('fintrx', 'ria_contacts_current') }}

),

renamed as (

    select
        ria_contact_crd_id as advisor_crd,
        latest_registered_employment_company_crd_id as firm_crd,
        latest_registered_employment_start_date as started_date

    from source

    -- an advisor who left the industry has no current registration: nothing is missing there;
    -- a row without an advisor's key is kept, to be reported
    where
        (
            latest_registered_employment_company_crd_id is not null
            or latest_registered_employment_start_date is not null
            or not {{ is_crd('ria_contact_crd_id') }}
        )
        and not {{ is_forgotten('advisor', 'ria_contact_crd_id') }}

)

select * from renamed
