{#-
  How much a finding on so many successes weighs: 2 fails the build, 1 warns. Below 100 successes a
  good model misses its targets by luck too often. The tests of lead_test_predictions take the
  worst of their rows (`fail_calc`), so each row that they return carries this.
-#}
{% macro severity_by_successes(successes) -%}
    case when {{ successes }} >= 100 then 2 else 1 end
{%- endmacro %}
