-- A curve that says how late the vendor is changes nothing without a delivery_date: the ages of the delivered
-- registrations are not known then, and all would count as known from their start. Give the var, or empty the seed.
select age_days

from {{ ref('arrival_curve') }}

where (select count(*) from {{ ref('int_arrival_bins') }}) = 0
