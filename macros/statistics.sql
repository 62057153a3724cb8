{#-
  A bound of Wilson's interval (JASA 22, 1927) of a rate, which stays inside 0 and 1 where few succeeded.

  Arguments:
    bound: 'low' or 'high'.
    successes, trials: columns of counts; trials are 1 or more.
    z_squared: square of the normal quantile; the default gives 95 %.
-#}
{% macro wilson_bound(bound, successes, trials, z_squared='3.841458820694124') -%}
    {%- set rate = successes ~ ' / ' ~ trials -%}
    {%- set middle = rate ~ ' + ' ~ z_squared ~ ' / (2 * ' ~ trials ~ ')' -%}
    {%- set margin = 'sqrt(' ~ z_squared ~ ' * (' ~ rate ~ ' * (1 - ' ~ rate ~ ') + ' ~ z_squared ~ ' / (4 * ' ~ trials ~ ')) / ' ~ trials ~ ')' -%}
    {%- set scale = '(1 + ' ~ z_squared ~ ' / ' ~ trials ~ ')' -%}
    {#- exactly 0 and 1 at the ends, where rounding would step outside -#}
    {%- if bound == 'low' -%}
        case when {{ successes }} = 0 then 0 else ({{ middle }} - {{ margin }}) / {{ scale }} end
    {%- else -%}
        case when {{ successes }} = {{ trials }} then 1 else ({{ middle }} + {{ margin }}) / {{ scale }} end
    {%- endif -%}
{%- endmacro %}


{#-
  How often the labelled leads of each band converted, with Wilson's 95 % interval. A select; a band
  without a lead gives no row.

  Arguments:
    hypothesis: its name, in the output.
    bands: pairs of words and condition over lead_training_set, the band that the hypothesis expects to
      convert least first, the one that it expects to convert most last; conditions must not overlap.
-#}
{% macro conversion_by_band(hypothesis, bands) -%}
    select
        {{ dbt.string_literal(hypothesis) }} as hypothesis,
        band_order,
        case band_order
            {% for band, _ in bands -%} when {{ loop.index }} then {{ dbt.string_literal(band) }} {% endfor -%}
        end as band,
        lead_count,
        conversion_count,
        conversion_count / lead_count as conversion_rate,
        {{ wilson_bound('low', 'conversion_count', 'lead_count') }} as rate_low,
        {{ wilson_bound('high', 'conversion_count', 'lead_count') }} as rate_high

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


{#-
  How much a finding on so many successes weighs: 2 fails the build, 1 warns. Below 100 successes a
  good model misses its targets by chance too often. The tests of lead_test_predictions take the
  worst of their rows (`fail_calc`), so each row that they return carries this.
-#}
{% macro severity_by_successes(successes) -%}
    case when {{ successes }} >= 100 then 2 else 1 end
{%- endmacro %}


{#-
  Half of the 95 % interval of an AUC (Hanley and McNeil, Radiology 143, 1982).

  Arguments:
    auc: column of it, above 0 and below 1.
    positives, negatives: columns of counts, 1 or more.
-#}
{% macro auc_margin(auc, positives, negatives) -%}
    1.959963984540054e0 * sqrt(
        (
            {{ auc }} * (1 - {{ auc }})
            + ({{ positives }} - 1) * ({{ auc }} / (2 - {{ auc }}) - {{ auc }} * {{ auc }})
            + ({{ negatives }} - 1) * (2 * {{ auc }} * {{ auc }} / (1 + {{ auc }}) - {{ auc }} * {{ auc }})
        ) / ({{ positives }} * {{ negatives }})
    )
{%- endmacro %}
