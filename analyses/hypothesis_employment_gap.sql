-- Employment gap: advisors between two firms convert more often. The predecessor found lift 3.03 with
-- `days_in_gap`, and it was a leak. No query over our data can test it; this one says why.
select
    'employment gap' as hypothesis,
    'not testable' as verdict,
    'The vendor writes the end of a job when the next one begins: a known gap means a later move.' as reason,
    'End dates with the day on which each was written.' as what_it_would_take
