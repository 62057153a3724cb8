{{ config(materialized='view') }}

-- Batches that were sent, or were about to be, and whose result is not in the log: a sync was cut off.
-- depends_on: {{ ref('builds') }}
with logged as (

    select * from {{ ref('salesforce_delivery_log') }}

),

final as (

    select
        batch_id,
        min(send_method) as send_method,
        min(logged_at) as sent_at

    from logged

    group by batch_id

    having count(case when delivery_result != 'sent' then 1 end) = 0

)

select * from final
