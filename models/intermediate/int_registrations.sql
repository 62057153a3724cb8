-- The registrations that features may use: what began, where and when. No row says when it ended.
with checked as (

    select * from {{ ref('int_registrations_checked') }}

),

final as (

    select
        advisor_crd,
        firm_crd,
        started_date

    from checked

    where rejection_reason is null

)

select * from final
