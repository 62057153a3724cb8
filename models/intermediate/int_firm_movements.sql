-- Who joined and who left which firm, and when. A leaver is dated by the next start elsewhere:
-- the end date would be written only after that start, with an earlier day.
with firm_changes as (

    select * from {{ ref('int_firm_changes') }}

),

arrivals as (

    select
        firm_crd,
        advisor_crd,
        started_date as moved_date,
        1 as headcount_change

    from firm_changes

),

departures as (

    select
        previous_firm_crd as firm_crd,
        advisor_crd,
        started_date as moved_date,
        -1 as headcount_change

    from firm_changes

    where previous_firm_crd is not null

),

final as (

    select * from arrivals

    union all

    select * from departures

)

select * from final
