-- Movements of the careers in which what was known of the order changed: on the day on which more became known, those
-- told before are taken back, and the right ones are told. What stays the same cancels out.
with firm_changes as (

    select * from {{ ref('int_firm_changes') }}

    where is_overtaken

),

movements as (

    select
        firm_crd,
        advisor_crd,
        started_date as moved_date,
        known_date,
        superseded_date,
        1 as headcount_change

    from firm_changes

    union all

    select
        previous_firm_crd as firm_crd,
        advisor_crd,
        started_date as moved_date,
        known_date,
        superseded_date,
        -1 as headcount_change

    from firm_changes

    where previous_firm_crd is not null

),

told as (

    select
        firm_crd,
        advisor_crd,
        moved_date,
        known_date,
        headcount_change

    from movements

    union all

    select
        firm_crd,
        advisor_crd,
        moved_date,
        superseded_date as known_date,
        0 - headcount_change as headcount_change

    from movements

    where superseded_date is not null

),

summed as (

    select
        firm_crd,
        advisor_crd,
        moved_date,
        known_date,
        cast(sum(headcount_change) as {{ dbt.type_int() }}) as headcount_change

    from told

    group by firm_crd, advisor_crd, moved_date, known_date

),

final as (

    select * from summed where headcount_change != 0

)

select * from final
