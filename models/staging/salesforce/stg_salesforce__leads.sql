with source as (

    select * from {{ source('salesforce', 'lead') }}

),

-- the text of the CRD field ends here: people write names and notes into it
renamed as (

    select
        nullif({{ trimmed('id') }}, '') as lead_id,
        fa_crd__c,
        {{ crd_text_problem('fa_crd__c') }} as advisor_crd_problem,
        cast(stage_entered_contacting__c as date) as contacted_date,
        cast(stage_entered_call_scheduled__c as date) as call_scheduled_date,
        nullif({{ trimmed('leadsource') }}, '') as lead_source,
        nullif({{ trimmed('ownerid') }}, '') as owner_id,
        coalesce(isconverted, false) as is_converted,
        coalesce(isdeleted, false) as is_deleted

    from source

),

final as (

    select
        lead_id,
        case when advisor_crd_problem is null then {{ first_digits_as_integer('fa_crd__c') }} end as advisor_crd,
        advisor_crd_problem,
        contacted_date,
        call_scheduled_date,
        lead_source,
        owner_id,
        is_converted,
        is_deleted

    from renamed

)

select * from final

where not {{ is_forgotten('advisor', 'advisor_crd') }} and not {{ is_forgotten('lead', 'lead_id') }}
