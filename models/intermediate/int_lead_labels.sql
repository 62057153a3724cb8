-- Whether a contact became a call. The only model that looks forward, and it does so on purpose.
with leads as (

    select * from {{ ref('int_leads_checked') }}

),

contacted as (

    select
        lead_id,
        contacted_date,
        call_scheduled_date,
        {{ days_between('contacted_date', 'call_scheduled_date') }} as days_to_call

    from leads

    where rejection_reason is null and contacted_date is not null

),

final as (

    select
        lead_id,
        contacted_date,
        cast(
            case
                -- not yet mature: a success that came early must not count before failures can
                when
                    {{ days_between('contacted_date', day_var('analysis_date')) }}
                    < {{ whole_number_var('label_window_days') }}
                    then null
                -- a call dated before the contact is bad data: not a success of this contact
                when days_to_call between 0 and {{ whole_number_var('label_window_days') }} then 1
                else 0
            end as {{ dbt.type_int() }}
        ) as label

    from contacted

)

select * from final
