-- The predecessor's own check, kept as its reviewers know it: rows whose month of firm figures lies
-- after the contact. It must return 0. (The leaks that v2 had are of another kind: docs/concepts/leakage.md.)
select count(*) as leaking_row_count

from {{ ref('lead_scoring_features_pit') }}

where pit_month > contacted_date
