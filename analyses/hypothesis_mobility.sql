-- Mobility: who moved before moves again, so mobile advisors convert more often. Validated by the
-- predecessor. Moves are counted over the window of var moves_window_months, the last days left out.
-- The report calls it supported where the rate rises from band to band (Cochran and Armitage's test).
-- All labelled leads: it says what goes with conversion, not that a move causes it.
select *

from {{ ref('hypothesis_evidence') }}

where hypothesis = 'mobility'

order by band_order
