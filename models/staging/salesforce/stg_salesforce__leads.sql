with source as (

    select * from {{ source('salesforce', 'lead') }}

),

renamed as (

    select
        id as lead_id,
        nullif({{ trimmed('fa_crd__c') }}, '') as advisor_crd_text,
        {{ digits_as_integer('fa_crd__c') }} as advisor_crd,
        cast(stage_entered_contacting__c as date) as contacted_date,
        cast(stage_entered_call_scheduled__c as date) as call_scheduled_date,
        nullif(trim(leadsource), '') as lead_source,
        coalesce(isconverted, false) as is_converted,
        coalesce(isdeleted, false) as is_deleted

    from source

)

select * from renamed
