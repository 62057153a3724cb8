-- From which day on each archived registration was known, and what that rests on.
--
-- What the first archived delivery holds arrived before the archive began. Each of its registrations gets a delay by
-- chance, from the measured curve, among the delays that let it arrive by that delivery: the share F of its age there is
-- multiplied by a number from 0 to 1 that is made of its key, and the delay is where the curve passes the product (where
-- F is 0, that age itself). So as many are known at each age as the curve says, in each build the same ones.
with arrivals as (

    select * from {{ ref('registration_arrivals') }}

),

bins as (

    select * from {{ ref('int_arrival_bins') }}

),

first_delivery as (

    select min(first_delivered_date) as first_archived_date from arrivals

),

aged as (

    select
        arrivals.*,
        arrivals.first_delivered_date = first_delivery.first_archived_date as is_in_first_delivery,
        case
            when arrivals.first_delivered_date = first_delivery.first_archived_date
                then {{ days_between('arrivals.started_date', 'arrivals.first_delivered_date') }}
        end as age_days

    from arrivals

    cross join first_delivery

),

drawn as (

    select
        aged.advisor_crd,
        aged.firm_crd,
        aged.started_date,
        bins.from_days as age_from_days,
        {{ share_of_text(registration_key('aged')) }} * bins.share_until as drawn_share

    from aged

    inner join bins on aged.age_days between bins.from_days and bins.until_days

),

thinned as (

    select
        drawn.advisor_crd,
        drawn.firm_crd,
        drawn.started_date,
        cast({{ dbt.dateadd('day', 'bins.from_days', 'drawn.started_date') }} as date) as thinned_date

    from drawn

    inner join bins
        on
            (drawn.drawn_share > bins.share_before and drawn.drawn_share <= bins.share_until)
            or (drawn.drawn_share = 0 and drawn.age_from_days = bins.from_days)

),

final as (

    select
        aged.advisor_crd,
        aged.firm_crd,
        aged.started_date,
        case
            when thinned.thinned_date is not null then thinned.thinned_date
            when aged.is_in_first_delivery then aged.started_date
            else greatest(aged.started_date, aged.first_delivered_date)
        end as known_date,
        case
            when thinned.thinned_date is not null then 'thinned'
            when aged.is_in_first_delivery then 'assumed_prompt'
            else 'archive'
        end as known_date_source

    from aged

    left join thinned
        on
            aged.advisor_crd = thinned.advisor_crd
            and aged.firm_crd = thinned.firm_crd
            and aged.started_date = thinned.started_date

)

select * from final
