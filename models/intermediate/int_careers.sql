-- Each career step by step, as it was known: where the advisor was from each day on, and what had been until then.
with overtaken_careers as (

    select * from {{ ref('int_overtaken_careers') }}

),

-- A career in which registrations became known in their order needs one reading: what was known on a day is its
-- beginning. Any other has one reading for each span of days, kept apart by superseded_date.
careers as (

    select
        registrations.advisor_crd,
        registrations.firm_crd,
        registrations.started_date,
        registrations.known_date,
        cast(null as date) as superseded_date,
        false as is_overtaken

    from {{ ref('int_registrations') }} as registrations

    where not exists (select 1 from overtaken_careers as overtaken where overtaken.advisor_crd = registrations.advisor_crd)

    union all

    select
        *,
        true as is_overtaken

    from overtaken_careers

),

with_firms as (

    select
        *,
        {{ first_known_date('started_date', 'known_date') }} as first_known_date,
        case
            when row_number() over (partition by advisor_crd, superseded_date, firm_crd order by started_date) = 1 then 1
            else 0
        end as new_firm_count

    from careers

),

-- same-day starts (dual registration) are put in order by the firm's key
final as (

    select
        advisor_crd,
        firm_crd,
        started_date,
        known_date,
        superseded_date,
        is_overtaken,
        first_known_date,
        lag(firm_crd) over career as previous_firm_crd,
        min(started_date) over career_until_here as first_started_date,
        cast(sum(new_firm_count) over career_until_here - 1 as {{ dbt.type_bigint() }}) as prior_firm_count,
        lead(first_known_date) over career as next_known_date

    from with_firms

    window
        career as (
            partition by advisor_crd, superseded_date
            order by started_date, firm_crd
        ),
        career_until_here as (
            partition by advisor_crd, superseded_date
            order by started_date, firm_crd
            rows between unbounded preceding and current row
        )

)

select * from final
