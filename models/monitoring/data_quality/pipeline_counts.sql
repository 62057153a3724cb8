-- How many rows each stage has, in the order of the line.
{% for stage_order, stage, relation, condition in [
    (10, 'source: advisors', source('fintrx', 'ria_contacts_current'), 'true'),
    (11, 'source: past registrations', source('fintrx', 'contact_registered_employment_history'), 'true'),
    (12, 'source: firm months', source('fintrx', 'firm_historicals'), 'true'),
    (13, 'source: leads', source('salesforce', 'lead'), 'true'),
    (20, 'source rows left out', ref('rejected_source_rows'), 'true'),
    (21, 'leads left out', ref('rejected_source_rows'), "source_table = 'lead'"),
    (25, 'registrations: known from their delivery', ref('int_registrations'), "known_date_source = 'archive'"),
    (26, 'registrations: known from a day drawn from the measured curve', ref('int_registrations'), "known_date_source = 'thinned'"),
    (27, 'registrations: taken to be known from their start', ref('int_registrations'), "known_date_source = 'assumed_prompt'"),
    (28, 'firm months: known from their delivery', ref('int_firm_months'), "known_date_source = 'archive'"),
    (29, 'firm months: taken to be known when they were over', ref('int_firm_months'), "known_date_source = 'assumed_prompt'"),
    (30, 'spine: contacted leads', ref('int_prediction_spine'), "subject_type = 'contacted_lead'"),
    (31, 'spine: leads not yet contacted', ref('int_prediction_spine'), "subject_type = 'uncontacted_lead'"),
    (32, 'spine: prospects', ref('int_prediction_spine'), "subject_type = 'prospect'"),
    (40, 'features: rows', ref('lead_scoring_features_pit'), 'true'),
    (41, 'features: contacted leads without a known registration', ref('lead_training_set'), 'current_firm_tenure_months is null'),
    (50, 'training set: train', ref('lead_training_set'), "split = 'train'"),
    (51, 'training set: train, successes', ref('lead_training_set'), "split = 'train' and label = 1"),
    (52, 'training set: calibration', ref('lead_training_set'), "split = 'calibration'"),
    (53, 'training set: calibration, successes', ref('lead_training_set'), "split = 'calibration' and label = 1"),
    (54, 'training set: test', ref('lead_training_set'), "split = 'test'"),
    (55, 'training set: test, successes', ref('lead_training_set'), "split = 'test' and label = 1"),
    (56, 'training set: gaps between them', ref('lead_training_set'), "split = 'gap'"),
    (57, 'training set: immature', ref('lead_training_set'), "split = 'immature'"),
    (60, 'scored: open leads', ref('built_lead_scores'), 'true'),
    (61, 'scored: prospects', ref('built_prospect_scores'), 'true'),
    (70, 'export: leads that Salesforce may get', ref('built_salesforce_leads'), 'not is_closed and not is_suppressed'),
    (71, 'export: leads left out, advisor suppressed', ref('built_call_exclusions'), "lead_id is not null and exclusion = 'advisor suppressed'"),
    (72, 'export: leads left out, firm suppressed', ref('built_call_exclusions'), "lead_id is not null and exclusion = 'firm suppressed'"),
    (80, 'call list: prospects', ref('built_prospect_call_list'), 'true'),
    (81, 'call list: left out, advisor suppressed', ref('built_call_exclusions'), "lead_id is null and exclusion = 'advisor suppressed'"),
    (82, 'call list: left out, firm suppressed', ref('built_call_exclusions'), "lead_id is null and exclusion = 'firm suppressed'"),
    (83, 'call list: left out, contacted recently', ref('built_call_exclusions'), "lead_id is null and exclusion = 'contacted recently'"),
    (84, 'call list: left out, no current registration', ref('built_call_exclusions'), "lead_id is null and exclusion = 'no current registration'"),
] %}
    select
        {{ stage_order }} as stage_order,
        '{{ stage }}' as stage,
        count(*) as row_count
    from {{ relation }}
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
