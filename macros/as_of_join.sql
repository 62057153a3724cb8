{#-
  The newest fact that was there on each asked day: columns of `asked`, and values of the newest row of `facts` with the
  same key whose date is not later; null where there is none. The work grows with the rows of both, not with their product.

  DuckDB has a join for it. BigQuery has none, and gets facts and questions in one order, with the newest fact carried on.

  Arguments:
    asked, facts: CTEs or relations; `facts` has one row per key and date.
    columns: those of `asked`, the key among them.
    key: column that both have.
    asked_date: expression over `asked`, made by the macros of point_in_time.
    fact_date: column of `facts`.
    values: columns of `facts`, by the name that each gets.
-#}
{% macro as_of_join(asked, facts, columns, key, asked_date, fact_date, values) -%}
    {{ return(adapter.dispatch('as_of_join', 'lead_scoring')(asked, facts, columns, key, asked_date, fact_date, values)) }}
{%- endmacro %}


{% macro default__as_of_join(asked, facts, columns, key, asked_date, fact_date, values) %}
    select
        {%- for column in columns %}
        asked.{{ column }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
        {%- for name, column in values.items() %},
        facts.{{ column }} as {{ name }}
        {%- endfor %}

    from {{ asked }} as asked

    asof left join {{ facts }} as facts
        on asked.{{ key }} = facts.{{ key }} and {{ happened_on_or_before('facts.' ~ fact_date, asked_date) }}
{%- endmacro %}


{% macro bigquery__as_of_join(asked, facts, columns, key, asked_date, fact_date, values) %}
    select
        {%- for column in columns %}
        running.asked_row.{{ column }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
        {%- for name, column in values.items() %},
        running.newest_fact.{{ column }} as {{ name }}
        {%- endfor %}

    from (
        select
            asked_row,
            last_value(fact ignore nulls) over (
                partition by join_key
                order by event_date, sort_order
                rows between unbounded preceding and current row
            ) as newest_fact

        from (
            -- a fact of a day comes before the questions of that day
            select
                facts.{{ key }} as join_key,
                facts.{{ fact_date }} as event_date,
                0 as sort_order,
                facts as fact,
                null as asked_row

            from {{ facts }} as facts

            where facts.{{ key }} is not null

            union all

            select
                {{ key }} as join_key,
                {{ asked_date }} as event_date,
                1 as sort_order,
                null as fact,
                asked as asked_row

            from {{ asked }} as asked
        )
    ) as running

    where running.asked_row is not null
{%- endmacro %}
