-- A prospect must not be somebody whom a colleague already talks to. CRDs are typed by hand in Salesforce,
-- so they are compared as numbers; deleted and converted leads count.
select
    prospects.advisor_crd,
    leads.lead_id

from {{ ref('built_prospect_call_list') }} as prospects

inner join {{ ref('stg_salesforce__leads') }} as leads on prospects.advisor_crd = leads.advisor_crd
