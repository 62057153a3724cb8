{#- 1 for advisors of a mobility tier, 0 for those of another, null where nothing is known. -#}
{% macro is_tier(tier) -%}
    cast(
        case when pit_mobility_tier = '{{ tier }}' then 1 when pit_mobility_tier is not null then 0 end
        as {{ dbt.type_bigint() }}
    )
{%- endmacro %}
