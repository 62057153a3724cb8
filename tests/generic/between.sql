{#- Fails for each value outside [lowest, highest]; nulls are left to no_nulls. -#}
{% test between(model, column_name, lowest, highest) %}

select {{ column_name }}

from {{ model }}

where not ({{ column_name }} between {{ lowest }} and {{ highest }})

{% endtest %}
