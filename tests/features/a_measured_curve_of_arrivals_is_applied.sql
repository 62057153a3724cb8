-- A curve that says how late the vendor is changes nothing without a delivery_date: the ages of the delivered
-- registrations are not known then, and all would count as known from their start. Give the var, or empty the seed.
select curve.age_days

from {{ ref('arrival_curve') }} as curve

left join {{ ref('int_arrival_bins') }} as bins on curve.age_days >= bins.from_days

where bins.from_days is null
