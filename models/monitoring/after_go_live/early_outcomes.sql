-- News of contacts whose label window is not over: what has come so far against what should have, and what it will come to.
{%- set variance = '(drawn_variance + expected_calls * expected_calls * ' ~ curve_variance() ~ ')' %}
with contacts as (

    select
        *,
        {{ days_between('contacted_date', day_var('analysis_date')) }} as age_days

    from {{ ref('scored_contacts') }}

    where not is_ripe

),

leads as (

    select
        lead_id,
        {{ days_between('contacted_date', 'call_scheduled_date') }} as days_to_call

    from {{ ref('int_leads_checked') }}

    where rejection_reason is null

),

curve as (

    select * from {{ ref('delay_curve') }}

),

aged as (

    select
        contacts.model_version,
        contacts.population,
        contacts.contacted_date,
        contacts.lead_score,
        curve.share_of_calls,
        curve.all_call_count,
        contacts.lead_score * curve.share_of_calls as chance_so_far,
        cast(floor(contacts.age_days / 7) as {{ dbt.type_bigint() }}) as age_weeks,
        leads.days_to_call between 0 and contacts.age_days as has_call

    from contacts

    inner join leads on contacts.lead_id = leads.lead_id

    inner join curve on contacts.age_days = curve.delay_days

),

cohorts as (

    select
        model_version,
        population,
        age_weeks,
        min(contacted_date) as first_contact_date,
        max(contacted_date) as last_contact_date,
        count(*) as contact_count,
        sum(case when has_call then 1 else 0 end) as observed_so_far,
        sum(lead_score) as expected_calls,
        sum(chance_so_far) as expected_so_far,
        coalesce(sum(chance_so_far) / nullif(sum(lead_score), 0), avg(share_of_calls)) as share_seen,
        sum(chance_so_far * (1 - chance_so_far)) as drawn_variance,
        sum(chance_so_far * (1 - chance_so_far) * (1 - 2 * chance_so_far)) as third_moment,
        max(all_call_count) as curve_calls

    from aged

    group by model_version, population, age_weeks

),

final as (

    select
        model_version,
        population,
        age_weeks,
        first_contact_date,
        last_contact_date,
        cast(contact_count as {{ dbt.type_bigint() }}) as contact_count,
        share_seen,
        expected_calls,
        expected_so_far,
        {{ poisson_binomial_bound('low', 'expected_so_far', variance, 'third_moment', 'contact_count') }} as expected_low,
        {{ poisson_binomial_bound('high', 'expected_so_far', variance, 'third_moment', 'contact_count') }} as expected_high,
        cast(observed_so_far as {{ dbt.type_bigint() }}) as observed_so_far,
        case when {{ share_tells() }} then observed_so_far / share_seen end as nowcast_calls,
        case when {{ share_tells() }} then {{ nowcast_bound('low') }} end as nowcast_low,
        case when {{ share_tells() }} then {{ nowcast_bound('high') }} end as nowcast_high

    from cohorts

)

select * from final
