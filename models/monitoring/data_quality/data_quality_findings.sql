-- What is wrong with the delivery: rows left out, and rows kept although something is amiss.
with rejected as (

    select
        source_table,
        reason as finding,
        'left out' as treatment,
        count(*) as row_count,
        min(source_key) as example_key

    from {{ ref('rejected_source_rows') }}

    group by source_table, reason

),

kept as (

    select
        source_table,
        finding,
        'kept' as treatment,
        count(*) as row_count,
        min(source_key) as example_key

    from {{ ref('odd_source_rows') }}

    group by source_table, finding

),

reading as (

    {{ reading_findings() }}

),

read_otherwise as (

    select
        source_table,
        finding,
        'kept' as treatment,
        row_count,
        example_key

    from reading

),

final as (

    select * from rejected

    union all

    select * from kept

    union all

    select * from read_otherwise

)

select * from final
