-- The measured curve of arrivals as ranges: of ages, and of the shares that had arrived by then. A share counts for the
-- whole bin, as it was measured. Without a delivery_date there is no archive that the curve could be applied to.
-- Read: {{ ref('arrival_curve') }}
with curve as (
    {% if is_delivery_dated() %}
        select
            age_days,
            -- noise of the measurement may let a share fall with age: nothing that has arrived goes away again
            max(share_arrived) over (order by age_days) as share_until

        from {{ ref('arrival_curve') }}
    {% else %}
        select
            cast(null as {{ dbt.type_bigint() }}) as age_days,
            cast(null as {{ double_type() }}) as share_until

        from (select 1 as one_row) as no_curve

        where one_row = 0
    {% endif %}
),

final as (

    select
        coalesce(lag(age_days) over (order by age_days) + 1, 0) as from_days,
        -- the last bin has no end
        case when lead(age_days) over (order by age_days) is null then 1000000 else age_days end as until_days,
        coalesce(lag(share_until) over (order by age_days), 0) as share_before,
        share_until

    from curve

)

select * from final
