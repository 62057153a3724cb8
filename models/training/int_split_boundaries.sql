-- The days on which the calibration and the test period begin. One row.
with labels as (

    select * from {{ ref('int_lead_labels') }}

),

days as (

    select
        contacted_date,
        count(*) as lead_count

    from labels

    where label is not null

    group by contacted_date

),

cumulated as (

    select
        contacted_date,
        sum(lead_count) over (order by contacted_date) - lead_count as leads_before,
        sum(lead_count) over () as leads_total

    from days

),

final as (

    -- whole days, so that leads of one day are in one split
    select
        min(
            case
                when leads_before >= (1 - {{ share_var('test_share') }}) * leads_total then contacted_date
            end
        ) as test_start_date,
        min(
            case
                when
                    leads_before
                    >= (1 - {{ share_var('test_share') }} - {{ share_var('calibration_share') }}) * leads_total
                    then contacted_date
            end
        ) as calibration_start_date

    from cumulated

)

select * from final
