-- Suppressions in force on score_date.
with suppressions as (

    select * from {{ ref('contact_suppressions') }}

),

final as (

    select
        advisor_crd,
        firm_crd,
        reason,
        until_date

    from suppressions

    where until_date is null or until_date >= {{ day_var('score_date') }}

)

select * from final
