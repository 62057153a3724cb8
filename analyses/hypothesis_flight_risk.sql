-- Flight risk: a mobile advisor at a bleeding firm converts most of all (moves times net losses; above 0
-- is the golden cohort). Validated by the predecessor. Read it beside the two facts it is made of: it
-- adds something only where its last band lies above theirs.
select *

from {{ ref('hypothesis_evidence') }}

where hypothesis = 'flight risk'

order by band_order
