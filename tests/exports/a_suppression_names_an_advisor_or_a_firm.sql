-- A row that names both would be read as "this advisor, while at this firm" by one and as "both of them"
-- by another; one that names neither would suppress nobody.
select
    advisor_crd,
    firm_crd,
    reason

from {{ ref('contact_suppressions') }}

where
    (advisor_crd is null) = (firm_crd is null)
    or trim(reason) = ''
