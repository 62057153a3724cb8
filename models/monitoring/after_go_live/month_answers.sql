-- Of each month of contacts: did the sources arrive, were these the people that the model had learned from, were they called?
{%- set every_model = 'cast(null as ' ~ dbt.type_string() ~ ')' %}
with performance as (

    select * from {{ ref('realised_performance') }}

),

answers as (
    {% for question, relation, model, month, answer, condition in [
        ('sources_arrived', 'source_health', every_model, month_start('score_date'), answer_by_day('is_usual', 'score_date'), 'true'),
        ('people_known', 'feature_drift', 'model_version', 'sample_date', answer_of('not is_drifted'), "sample = 'contacts'"),
        ('contacts_worked', 'sales_work', every_model, 'contact_month', answer_of('is_worked'), 'true'),
    ] %}
        select
            '{{ question }}' as question,
            {{ model }} as of_model,
            {{ month }} as of_month,
            {{ answer }} as answer
        from {{ ref(relation) }}
        where {{ condition }}
        group by of_model, of_month
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    performance.*,
    coalesce(sources_arrived.answer, 'unknown') as sources_arrived,
    coalesce(people_known.answer, 'unknown') as people_known,
    coalesce(contacts_worked.answer, 'unknown') as contacts_worked
from performance
{% for question in ['sources_arrived', 'people_known', 'contacts_worked'] %}
    left join answers as {{ question }}
        on
            {{ question }}.question = '{{ question }}'
            and performance.contact_month = {{ question }}.of_month
            and performance.model_version = coalesce({{ question }}.of_model, performance.model_version)
{% endfor %}
