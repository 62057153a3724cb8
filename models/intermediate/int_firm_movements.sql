{{ config(materialized='view') }}

-- Who joined and who left which firm, when, and from which day on that was known. A leaver is dated by the next start
-- elsewhere: the end date would be written only after that start, with an earlier day.
with firm_changes as (

    select * from {{ ref('int_firm_changes') }}

    where not is_overtaken

),

joiners as (

    select
        firm_crd,
        advisor_crd,
        started_date as moved_date,
        known_date,
        1 as headcount_change

    from firm_changes

),

leavers as (

    select
        previous_firm_crd as firm_crd,
        advisor_crd,
        started_date as moved_date,
        known_date,
        -1 as headcount_change

    from firm_changes

    where previous_firm_crd is not null

),

final as (

    select * from joiners

    union all

    select * from leavers

    union all

    select
        firm_crd,
        advisor_crd,
        moved_date,
        known_date,
        headcount_change

    from {{ ref('int_corrected_movements') }}

)

select * from final
