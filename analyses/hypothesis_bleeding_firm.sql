-- Bleeding firm: advisors of a firm that loses people convert more often. Validated by the
-- predecessor. Net change of the other advisors in the year before the contact; a departure is dated by
-- the leaver's next start, so those who left the industry do not count as losses.
select *

from {{ ref('hypothesis_evidence') }}

where hypothesis = 'bleeding firm'

order by band_order
