{#-
  How often the labelled leads of each band converted, with Wilson's 95 % interval (JASA 22, 1927),
  which stays inside 0 and 1 where few converted. A select; a band without a lead gives no row.

  Arguments:
    hypothesis: its name, in the output.
    bands: pairs of words and condition over lead_training_set, the band that the hypothesis expects to
      convert least first, the one that it expects to convert most last; conditions must not overlap.
-#}
{% macro conversion_by_band(hypothesis, bands) -%}
    {%- set rate, z2, scale = 'conversion_count / lead_count', '3.841458820694124', '(1 + 3.841458820694124 / lead_count)' -%}
    {%- set middle = rate ~ ' + ' ~ z2 ~ ' / (2 * lead_count)' -%}
    {%- set margin = 'sqrt(' ~ z2 ~ ' * (' ~ rate ~ ' * (1 - ' ~ rate ~ ') + ' ~ z2 ~ ' / (4 * lead_count)) / lead_count)' -%}
    select
        {{ dbt.string_literal(hypothesis) }} as hypothesis,
        band_order,
        case band_order
            {% for band, _ in bands -%} when {{ loop.index }} then {{ dbt.string_literal(band) }} {% endfor -%}
        end as band,
        lead_count,
        conversion_count,
        {{ rate }} as conversion_rate,
        -- exactly 0 and 1 at the ends, where rounding would step outside
        case when conversion_count = 0 then 0 else ({{ middle }} - {{ margin }}) / {{ scale }} end as rate_low,
        case when conversion_count = lead_count then 1 else ({{ middle }} + {{ margin }}) / {{ scale }} end as rate_high

    from (
        select
            case {% for _, condition in bands %} when {{ condition }} then {{ loop.index }} {% endfor %} end as band_order,
            count(*) as lead_count,
            sum(label) as conversion_count

        from {{ ref('lead_training_set') }}

        where label is not null

        group by band_order
    ) as counted

    where band_order is not null
{%- endmacro %}
