- dashboard: contact_to_call
  title: From contact to call
  description: What became of the contacts, by tenth, list and owner, beside what the scores said.
  layout: newspaper
  preferred_viewer: dashboards-next
  filters:
  - name: List
    title: List
    type: field_filter
    default_value: ''
    allow_multiple_values: true
    required: false
    model: lead_scoring
    explore: contacts
    field: scored_contacts.population
  - name: Owner
    title: Owner
    type: field_filter
    default_value: ''
    allow_multiple_values: true
    required: false
    model: lead_scoring
    explore: contacts
    field: scored_contacts.owner_id
  - name: Tenth
    title: Tenth
    type: field_filter
    default_value: ''
    allow_multiple_values: true
    required: false
    model: lead_scoring
    explore: contacts
    field: scored_contacts.score_decile
  elements:
  - title: From contact to call
    name: funnel
    model: lead_scoring
    explore: contacts
    type: looker_grid
    fields: [scored_contacts.contact_count, scored_contacts.ripe_count, scored_contacts.call_count, scored_contacts.call_rate,
      scored_contacts.call_rate_low, scored_contacts.call_rate_high, scored_contacts.said_rate]
    listen:
      List: scored_contacts.population
      Owner: scored_contacts.owner_id
      Tenth: scored_contacts.score_decile
    note_state: collapsed
    note_display: hover
    note_text: Contacts whose label window is not over count as contacts only.
    row: 0
    col: 0
    width: 24
    height: 4
  - title: By tenth
    name: by_tenth
    model: lead_scoring
    explore: contacts
    type: looker_grid
    fields: [scored_contacts.score_decile, scored_contacts.contact_count, scored_contacts.ripe_count, scored_contacts.call_count, scored_contacts.call_rate,
      scored_contacts.call_rate_low, scored_contacts.call_rate_high, scored_contacts.said_rate]
    sorts: [scored_contacts.score_decile]
    listen:
      List: scored_contacts.population
      Owner: scored_contacts.owner_id
      Tenth: scored_contacts.score_decile
    note_state: collapsed
    note_display: hover
    note_text: Tenth 1 should lead. Where the intervals overlap, the difference may be chance.
    row: 4
    col: 0
    width: 24
    height: 8
  - title: By list
    name: by_list
    model: lead_scoring
    explore: contacts
    type: looker_grid
    fields: [scored_contacts.population, scored_contacts.contact_count, scored_contacts.ripe_count, scored_contacts.call_count, scored_contacts.call_rate,
      scored_contacts.call_rate_low, scored_contacts.call_rate_high, scored_contacts.said_rate]
    sorts: [scored_contacts.population]
    listen:
      List: scored_contacts.population
      Owner: scored_contacts.owner_id
      Tenth: scored_contacts.score_decile
    note_state: collapsed
    note_display: hover
    note_text: Prospects are scored by the same model; a rate far from what was said is worth a look at Model health.
    row: 12
    col: 0
    width: 24
    height: 4
  - title: By owner
    name: by_owner
    model: lead_scoring
    explore: contacts
    type: looker_grid
    fields: [scored_contacts.owner_id, scored_contacts.contact_count, scored_contacts.ripe_count, scored_contacts.call_count, scored_contacts.call_rate,
      scored_contacts.call_rate_low, scored_contacts.call_rate_high, scored_contacts.said_rate]
    sorts: [scored_contacts.contact_count desc, scored_contacts.owner_id]
    limit: 200
    listen:
      List: scored_contacts.population
      Owner: scored_contacts.owner_id
      Tenth: scored_contacts.score_decile
    note_state: collapsed
    note_display: hover
    note_text: Owners have different lists. Compare the rate that came with the rate that was said of the same contacts, not owners with each other.
    row: 16
    col: 0
    width: 24
    height: 8
  - title: By month of contact
    name: by_month
    model: lead_scoring
    explore: contacts
    type: looker_grid
    fields: [scored_contacts.contacted_month, scored_contacts.contact_count, scored_contacts.ripe_count, scored_contacts.call_count, scored_contacts.call_rate,
      scored_contacts.call_rate_low, scored_contacts.call_rate_high, scored_contacts.said_rate]
    sorts: [scored_contacts.contacted_month desc]
    limit: 36
    listen:
      List: scored_contacts.population
      Owner: scored_contacts.owner_id
      Tenth: scored_contacts.score_decile
    note_state: collapsed
    note_display: hover
    note_text: The newest month is not ripe yet, so its rate is still to come.
    row: 24
    col: 0
    width: 24
    height: 8
  - title: Not yet ripe, by weeks since the contact
    name: not_yet_ripe
    model: lead_scoring
    explore: early_outcomes
    type: looker_grid
    fields: [early_outcomes.age_weeks, early_outcomes.population, early_outcomes.model_version, early_outcomes.contact_count,
      early_outcomes.observed_so_far, early_outcomes.expected_so_far, early_outcomes.expected_low, early_outcomes.expected_high]
    sorts: [early_outcomes.age_weeks, early_outcomes.population, early_outcomes.model_version]
    listen:
      List: early_outcomes.population
    note_state: collapsed
    note_display: hover
    note_text: Calls that have come should lie between low and high. News, not a verdict; the alerts are on Model health.
    row: 32
    col: 0
    width: 24
    height: 6
