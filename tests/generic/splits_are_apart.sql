{#-
  Fails for each pair of splits that is closer than the gap, or in the wrong order: outcomes of the
  earlier one would not have been known when the later one began.
-#}
{% test splits_are_apart(model, date_column='contacted_date', split_column='split') %}

with periods as (

    select
        {{ split_column }} as split,
        min({{ date_column }}) as first_date,
        max({{ date_column }}) as last_date

    from {{ model }}

    where {{ split_column }} in ('train', 'calibration', 'test')

    group by {{ split_column }}

)

select
    earlier.split as earlier_split,
    later.split as later_split,
    earlier.last_date,
    later.first_date

from periods as earlier

cross join periods as later

where
    (
        (earlier.split = 'train' and later.split in ('calibration', 'test'))
        or (earlier.split = 'calibration' and later.split = 'test')
    )
    and {{ days_between('earlier.last_date', 'later.first_date') }} <= {{ split_gap_days() }}

{% endtest %}
