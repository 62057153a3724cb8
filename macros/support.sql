{#- How many of the leads that a model learned from were like a subject (models/scoring/subject_support). -#}


{#-
  The values of the model's strongest features as value_1 to value_3; null where fewer groups move its scores.

  Arguments:
    relation: relation whose columns strongest_1_feature to strongest_3_feature name the features.
-#}
{% macro strongest_values(relation) -%}
    {%- for place in range(1, 4) %}
    case {{ relation }}.strongest_{{ place }}_feature
        {%- for feature in contract_features() %}
        when '{{ feature }}' then cast({{ feature }} as {{ double_type() }})
        {%- else %}
        when '' then cast(null as {{ double_type() }})
        {%- endfor %}
    end as value_{{ place }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- Of each value the share of the known ones that are lower, 0 to 1, as share_below_1 to share_below_3. -#}
{% macro shares_below() -%}
    {%- for place in range(1, 4) %}
    percent_rank() over (partition by value_{{ place }} is null order by value_{{ place }}) as share_below_{{ place }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- The range of the values and the cuts between their thirds, as lowest_1, first_third_1, second_third_1, highest_1 and so on. -#}
{% macro thirds() -%}
    {%- for place in range(1, 4) %}
    min(value_{{ place }}) as lowest_{{ place }},
    max(case when share_below_{{ place }} * 3 <= 1 then value_{{ place }} end) as first_third_{{ place }},
    max(case when share_below_{{ place }} * 3 <= 2 then value_{{ place }} end) as second_third_{{ place }},
    max(value_{{ place }}) as highest_{{ place }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#-
  The cells of these values as cell_1 to cell_3: 0 for unknown, 1 to 3 for the thirds of what the model learned from, and 4
  beyond their range, or where all of them were unknown.
-#}
{% macro support_cells() -%}
    {%- for place in range(1, 4) %}
    case
        when value_{{ place }} is null then 0
        when value_{{ place }} >= lowest_{{ place }} and value_{{ place }} <= first_third_{{ place }} then 1
        when value_{{ place }} > first_third_{{ place }} and value_{{ place }} <= second_third_{{ place }} then 2
        when value_{{ place }} > second_third_{{ place }} and value_{{ place }} <= highest_{{ place }} then 3
        else 4
    end as cell_{{ place }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#-
  The lowest and the highest known value of each feature of the model, as lowest_<feature> and highest_<feature>. What is counted
  from a fixed month has no range: it grows with the calendar, for everybody.
-#}
{% macro feature_ranges() -%}
    {%- for feature in contract_features(without='grows_with_calendar') %}
    min({{ feature }}) as lowest_{{ feature }},
    max({{ feature }}) as highest_{{ feature }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- The first feature whose value lies beyond its range of feature_ranges(), or that was unknown of all; null where none does. -#}
{% macro feature_beyond_range() -%}
    case
        {%- for feature in contract_features(without='grows_with_calendar') %}
        when {{ feature }} < lowest_{{ feature }} or {{ feature }} > highest_{{ feature }} then '{{ feature }}'
        when {{ feature }} is not null and highest_{{ feature }} is null then '{{ feature }}'
        {%- endfor %}
    end
{%- endmacro %}
