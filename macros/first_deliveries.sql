{#-
  The usable rows of a checked table that no earlier delivery held, by key, with the day of this one. Rows are only added:
  what a delivery holds for the first time is from its day on, and nobody can find that out later. Without a
  delivery_date nothing is.
-#}
{% macro first_deliveries(checked, keys) %}
    select
        {%- for key in keys %}
        checked.{{ key }},
        {%- endfor %}
        {{ delivery_day() }} as first_delivered_date

    from {{ checked }} as checked

    {%- if is_incremental() %}

    left join {{ this }} as archived
        on
            {%- for key in keys %}
            {{ 'and ' if not loop.first }}checked.{{ key }} = archived.{{ key }}
            {%- endfor %}
    {%- endif %}

    where
        checked.rejection_reason is null
        and {{ 'true' if is_delivery_dated() else 'false' }}
        {{ 'and archived.' ~ keys[0] ~ ' is null' if is_incremental() }}
{% endmacro %}


{#-
  From which day on each archived firm month, or its figure, was known. What the first archived delivery holds arrived
  before it, nobody knows when.
-#}
{% macro known_firm_months(arrivals) %}
    select
        arrivals.firm_crd,
        arrivals.month_start_date,
        greatest({{ month_after('arrivals.month_start_date') }}, arrivals.first_delivered_date) as known_date

    from {{ arrivals }} as arrivals

    where arrivals.first_delivered_date > (select min(each_row.first_delivered_date) from {{ arrivals }} as each_row)
{% endmacro %}
