- dashboard: model_health
  title: Model health
  description: Whether what the scores said comes true, since when not, and how sure that is.
  layout: newspaper
  preferred_viewer: dashboards-next
  filters:
  - name: List
    title: List
    type: field_filter
    default_value: leads
    allow_multiple_values: true
    required: false
    model: lead_scoring
    explore: realised_performance
    field: realised_performance.population
  - name: Model version
    title: Model version
    type: field_filter
    default_value: ''
    allow_multiple_values: true
    required: false
    model: lead_scoring
    explore: realised_performance
    field: realised_performance.model_version
  elements:
  - title: Open alerts
    name: open_alerts
    model: lead_scoring
    explore: model_alerts
    type: single_value
    fields: [model_alerts.open_count]
    note_state: collapsed
    note_display: hover
    note_text: Above 0, do what the list beside says, and answer the alert in the seed acknowledged_alerts.
    row: 0
    col: 0
    width: 5
    height: 5
  - title: What is wrong, and what to do
    name: what_is_wrong
    model: lead_scoring
    explore: model_alerts
    type: looker_grid
    fields: [model_alerts.people, model_alerts.what, model_alerts.since_date, model_alerts.false_alarm_chance, model_alerts.contact_count,
      model_alerts.call_count, model_alerts.expected_calls, model_alerts.what_to_do]
    filters:
      model_alerts.is_in_force: 'yes'
    sorts: [model_alerts.since_date, model_alerts.people, model_alerts.what]
    note_state: collapsed
    note_display: hover
    note_text: Empty is good. The chance of a false alarm holds however often this page is looked at.
    row: 0
    col: 5
    width: 19
    height: 5
  - title: Evidence over time
    name: evidence_over_time
    model: lead_scoring
    explore: calibration_evidence
    type: looker_line
    fields: [calibration_evidence.ripe_date, calibration_evidence.evidence_of_fewer, calibration_evidence.evidence_of_more, calibration_evidence.limit]
    filters:
      calibration_evidence.process: all
    sorts: [calibration_evidence.ripe_date]
    limit: 1000
    listen:
      Model version: calibration_evidence.model_version
    note_state: collapsed
    note_display: hover
    note_text: Below the limit nothing needs to be done. A line that climbs for weeks is worth a look before it arrives.
    row: 5
    col: 0
    width: 12
    height: 8
  - title: Calls that were said and that came, by month
    name: said_and_came
    model: lead_scoring
    explore: realised_performance
    type: looker_column
    fields: [realised_performance.contact_month, realised_performance.calls, realised_performance.said_calls]
    filters:
      realised_performance.is_ripe: 'yes'
    sorts: [realised_performance.contact_month]
    listen:
      List: realised_performance.population
      Model version: realised_performance.model_version
    note_state: collapsed
    note_display: hover
    note_text: Months whose contacts are all ripe. A month alone proves nothing; the alerts do.
    row: 5
    col: 12
    width: 12
    height: 8
  - title: Order and level of each month, with 95 % intervals
    name: months
    model: lead_scoring
    explore: realised_performance
    type: looker_grid
    fields: [realised_performance.contact_month, realised_performance.population, realised_performance.model_version, realised_performance.ripe_count,
      realised_performance.call_count, realised_performance.expected_calls, realised_performance.auc, realised_performance.auc_low,
      realised_performance.auc_high, realised_performance.is_ripe]
    sorts: [realised_performance.contact_month desc, realised_performance.population, realised_performance.model_version]
    limit: 100
    listen:
      List: realised_performance.population
      Model version: realised_performance.model_version
    note_state: collapsed
    note_display: hover
    note_text: AUC near 0.5 means any order is as good. Of a right model one interval in twenty misses.
    row: 13
    col: 0
    width: 24
    height: 8
  - title: Lift of the best tenth, by month
    name: lift_of_the_best_tenth
    model: lead_scoring
    explore: realised_bands
    type: looker_grid
    fields: [realised_bands.contact_month, realised_bands.population, realised_bands.model_version, realised_bands.ripe_count, realised_bands.lift,
      realised_bands.lift_low, realised_bands.lift_high]
    filters:
      realised_bands.score_decile: '1'
    sorts: [realised_bands.contact_month desc, realised_bands.population, realised_bands.model_version]
    limit: 100
    listen:
      List: realised_bands.population
      Model version: realised_bands.model_version
    note_state: collapsed
    note_display: hover
    note_text: An interval that holds 1 says the best tenth may be no better than any.
    row: 21
    col: 0
    width: 12
    height: 8
  - title: Rate that was said and that came, by tenth
    name: rates_by_tenth
    model: lead_scoring
    explore: realised_bands
    type: looker_grid
    fields: [realised_bands.score_decile, realised_bands.ripe_contacts, realised_bands.said_rate, realised_bands.came_rate, realised_bands.came_rate_low,
      realised_bands.came_rate_high]
    sorts: [realised_bands.score_decile]
    listen:
      List: realised_bands.population
      Model version: realised_bands.model_version
    note_state: collapsed
    note_display: hover
    note_text: What was said should lie within the interval in nearly every tenth.
    row: 21
    col: 12
    width: 12
    height: 8
  - title: Builds
    name: builds
    model: lead_scoring
    explore: builds
    type: looker_grid
    fields: [builds.ended_date, builds.score_date, builds.result, builds.model_version, builds.scored_rows, builds.failed_nodes, builds.build_id]
    sorts: [builds.ended_date desc, builds.build_id]
    limit: 30
    note_state: collapsed
    note_display: hover
    note_text: A failed build published nothing; what is shown is then of the last good one.
    row: 29
    col: 0
    width: 24
    height: 7
  - title: How much was delivered
    name: how_much_was_delivered
    model: lead_scoring
    explore: build_metrics
    type: looker_grid
    fields: [builds.score_date, build_metrics.subject, build_metrics.metric, build_metrics.lowest_value]
    sorts: [builds.score_date desc, build_metrics.subject, build_metrics.metric]
    limit: 200
    note_state: collapsed
    note_display: hover
    note_text: A figure that halves from one day to the next is a delivery to ask the vendor about.
    row: 36
    col: 0
    width: 24
    height: 8
  - title: Verdicts by month
    name: verdicts
    model: lead_scoring
    explore: model_verdicts
    type: looker_grid
    fields: [model_verdicts.contact_month, model_verdicts.population, model_verdicts.model_version, model_verdicts.verdict, model_verdicts.cause,
      model_verdicts.sources_arrived, model_verdicts.people_known, model_verdicts.contacts_worked, model_verdicts.order_holds,
      model_verdicts.level_holds, model_verdicts.ripe_count]
    sorts: [model_verdicts.contact_month desc, model_verdicts.population, model_verdicts.model_version]
    limit: 100
    listen:
      List: model_verdicts.population
      Model version: model_verdicts.model_version
    note_state: collapsed
    note_display: hover
    note_text: The first no, from left to right, is the cause. What each verdict asks for is in docs/operations/alerts.md.
    row: 44
    col: 0
    width: 24
    height: 8
