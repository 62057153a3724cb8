{#- Fails for each row in which one of the columns is null: one test and one scan for all columns of a model. -#}
{% test no_nulls(model, columns) %}

select {{ columns | join(', ') }}

from {{ model }}

where {{ columns | join(' is null or ') }} is null

{% endtest %}
