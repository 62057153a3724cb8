-- The predecessor's reviewers signed off on this query alone, and it is still the first thing that
-- they ask for: no row may use firm figures of a month after its contact. See analyses/verification_query.sql.
select
    prediction_id,
    pit_month,
    contacted_date

from {{ ref('lead_scoring_features_pit') }}

where pit_month > contacted_date
