-- The seed is the list that the sync follows; the export spells the fields once more, since SQL cannot take
-- its column names from a table. A field in one of them only would be sent empty, or never.
{%- set exported = [] -%}
{%- if execute -%}
    {%- for name in graph.nodes['model.lead_scoring.salesforce_lead_scores'].columns -%}
        {%- do exported.append("select '" ~ name ~ "' as salesforce_field") -%}
    {%- endfor -%}
{%- endif %}
with exported as (

    {{ exported | join(' union all ') or "select 'none' as salesforce_field" }}

),

listed as (

    select salesforce_field from {{ ref('salesforce_fields') }}

)

select
    exported.salesforce_field as exported_field,
    listed.salesforce_field as listed_field

from exported

full outer join listed on exported.salesforce_field = listed.salesforce_field

where exported.salesforce_field is null or listed.salesforce_field is null
