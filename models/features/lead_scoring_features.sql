-- What is scored on score_date: leads that are still open, and prospects.
with features as (

    select * from {{ ref('lead_scoring_features_pit') }}

),

leads as (

    select * from {{ ref('int_leads_checked') }}

    where rejection_reason is null

),

final as (

    select features.*

    from features

    left join leads on features.lead_id = leads.lead_id

    where
        features.lead_id is null
        or (
            not leads.is_converted
            and not leads.is_deleted
            and (
                features.contacted_date is null
                or features.contacted_date between
                {{ days_before(day_var('score_date'), whole_number_var('batch_days')) }}
                and {{ day_var('score_date') }}
            )
        )

)

select * from final
