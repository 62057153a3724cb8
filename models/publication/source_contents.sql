-- What each source held when this build read it: rows, and a hash that any change of a value changes.
with contents as (
    {% for source in project_sources() %}
        select
            '{{ source.name }}' as source_name,
            {{ source_content(source) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    source_name,
    read_from,
    content_hash,
    cast(row_count as {{ dbt.type_bigint() }}) as row_count

from contents
