{#- Fails for each day after that of this delivery: only the clock, or a var that was wrong, can have put it there. -#}
{% test no_later_than_the_delivery(model, column_name) %}

select {{ column_name }}

from {{ model }}

where {{ column_name }} > {{ delivery_day() }}

{% endtest %}
