-- Each contact since scores were published, with the newest day on or before it of which there are scores.
with labels as (

    select * from {{ ref('int_lead_labels') }}

),

leads as (

    select * from {{ ref('int_leads_checked') }}

    where rejection_reason is null

),

contacted_days as (

    select distinct contacted_date from labels

),

published_days as (

    select distinct score_date from {{ ref('published_history') }}

),

newest_days as (

    select
        contacted_days.contacted_date,
        max(published_days.score_date) as newest_score_date

    from contacted_days

    inner join published_days on contacted_days.contacted_date >= published_days.score_date

    group by contacted_days.contacted_date

),

final as (

    select
        labels.lead_id,
        leads.advisor_crd as contacted_crd,
        leads.owner_id,
        labels.contacted_date,
        labels.label,
        newest_days.newest_score_date

    from labels

    inner join leads on labels.lead_id = leads.lead_id

    inner join newest_days on labels.contacted_date = newest_days.contacted_date

)

select * from final
