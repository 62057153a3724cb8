{#- Fails for each of train, calibration and test that lacks successes or failures: nothing can be learned or judged there. -#}
{% test both_classes_in_each_split(model, label_column='label', split_column='split') %}

with expected as (

    select 'train' as split
    union all
    select 'calibration' as split
    union all
    select 'test' as split

)

select
    expected.split,
    count(distinct rows_of_split.{{ label_column }}) as class_count

from expected

left join {{ model }} as rows_of_split
    on expected.split = rows_of_split.{{ split_column }}

group by expected.split

having count(distinct rows_of_split.{{ label_column }}) != 2

{% endtest %}
