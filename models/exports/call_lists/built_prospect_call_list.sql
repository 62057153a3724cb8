-- Whom to call of those not in Salesforce, in order. Names join here, at the very end, and nowhere else.
with scores as (

    select * from {{ ref('built_prospect_scores') }}

),

features as (

    select * from {{ ref('lead_scoring_features') }}

    where lead_id is null

),

left_out as (

    select advisor_crd from {{ ref('built_call_exclusions') }}

    where lead_id is null

),

-- the vendor delivers some advisors twice; the copies mostly agree
advisors as (

    select *

    from {{ ref('stg_fintrx__advisors') }}

    qualify row_number() over (
        partition by advisor_crd
        order by last_name nulls last, first_name nulls last, primary_firm_name nulls last
    ) = 1

),

callable as (

    select
        scores.*,
        row_number() over (order by scores.call_priority) as list_position

    from scores

    left join left_out on scores.advisor_crd = left_out.advisor_crd

    where left_out.advisor_crd is null

),

final as (

    select
        cast(callable.list_position as {{ dbt.type_bigint() }}) as list_position,
        callable.advisor_crd,
        advisors.first_name,
        advisors.last_name,
        advisors.primary_firm_name as firm_name,
        callable.score_date,
        callable.lead_score,
        callable.lift_vs_base,
        callable.base_rate,
        callable.score_bucket,
        callable.score_decile,
        callable.is_golden_cohort,
        features.firm_aum_pit,
        features.current_firm_tenure_months,
        features.firm_net_change_12mo,
        callable.flight_risk_score,
        callable.narrative,
        callable.model_version,
        callable.support,
        callable.support_leads,
        callable.support_calls,
        callable.unfamiliar_feature

    from callable

    inner join features on callable.advisor_crd = features.advisor_crd

    left join advisors on callable.advisor_crd = advisors.advisor_crd

    where callable.list_position <= {{ whole_number_var('prospect_limit') }}

)

select * from final
