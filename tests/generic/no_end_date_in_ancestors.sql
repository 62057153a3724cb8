{#-
  Fails for each ancestor of the model whose SQL names an end date, comments apart. What a macro or
  another name hides is the lineage audit's subject.
-#}
{% test no_end_date_in_ancestors(model) %}

{%- set offenders = [] -%}
{%- if execute -%}
    {%- set own = namespace(id=none) -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.name == model.identifier -%}
        {%- set own.id = node.unique_id -%}
    {%- endfor -%}
    {%- set queue, seen = [own.id], [] -%}
    {%- for node_id in queue if node_id not in seen and node_id in graph.nodes -%}
        {%- do seen.append(node_id) -%}
        {%- do queue.extend(graph.nodes[node_id].depends_on.nodes) -%}
        {%- set code = modules.re.sub('(?s)(--[^\n]*)|(/[*].*?[*]/)|([{]#.*?#[}])', '', graph.nodes[node_id].raw_code) -%}
        {%- if modules.re.search('(?i)end_?date|ended_', code) -%}
            {%- do offenders.append(node_id) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if seen | length < 2 -%}
        {{ exceptions.raise_compiler_error("no_end_date_in_ancestors found no ancestor of " ~ model ~ ": it would guard nothing.") }}
    {%- endif -%}
{%- endif %}

select node_id

from (
    select '' as node_id
    {%- for offender in offenders %}
    union all
    select {{ dbt.string_literal(offender) }} as node_id
    {%- endfor %}
) as ancestors

where node_id != ''

{% endtest %}
