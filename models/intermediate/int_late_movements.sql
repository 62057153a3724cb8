{{ config(materialized='view') }}

-- Movements that were delivered too late to be counted from their own day on; none with a prompt vendor.
with movements as (

    select
        *,
        {{ counted_date('moved_date', 'known_date') }} as counted_date

    from {{ ref('int_firm_movements') }}

),

final as (

    select * from movements where counted_date > moved_date

)

select * from final
