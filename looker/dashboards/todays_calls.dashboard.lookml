- dashboard: todays_calls
  title: Today's calls
  description: Whom to call today, in order, and why. Of the newest published day.
  layout: newspaper
  preferred_viewer: dashboards-next
  filters:
  - name: Bucket
    title: Bucket
    type: field_filter
    default_value: ''
    allow_multiple_values: true
    required: false
    model: lead_scoring
    explore: leads
    field: lead_scores_daily.score_bucket
  - name: Owner
    title: Owner
    type: field_filter
    default_value: ''
    allow_multiple_values: true
    required: false
    model: lead_scoring
    explore: leads
    field: salesforce_leads.owner_id
  - name: Golden cohort
    title: Golden cohort
    type: field_filter
    default_value: ''
    allow_multiple_values: false
    required: false
    model: lead_scoring
    explore: leads
    field: lead_scores_daily.is_golden_cohort
  - name: Support
    title: Support
    type: field_filter
    default_value: ''
    allow_multiple_values: true
    required: false
    model: lead_scoring
    explore: leads
    field: lead_scores_daily.support
  elements:
  - title: Day
    name: day
    model: lead_scoring
    explore: leads
    type: single_value
    fields: [lead_scores_daily.score_date]
    filters:
      lead_scores_daily.is_newest_day: 'yes'
    sorts: [lead_scores_daily.score_date desc]
    limit: 1
    note_state: collapsed
    note_display: hover
    note_text: The newest published day. Older than yesterday, look at Builds on the dashboard Model health.
    row: 0
    col: 0
    width: 4
    height: 4
  - title: Leads by bucket
    name: leads_by_bucket
    model: lead_scoring
    explore: leads
    type: looker_grid
    fields: [lead_scores_daily.score_bucket, lead_scores_daily.action_recommended, lead_scores_daily.lead_count, lead_scores_daily.golden_count,
      lead_scores_daily.expected_calls, lead_scores_daily.highest_score]
    filters:
      lead_scores_daily.is_newest_day: 'yes'
      lead_scores_daily.may_be_called: 'yes'
    sorts: [lead_scores_daily.highest_score desc]
    listen:
      Owner: salesforce_leads.owner_id
      Golden cohort: lead_scores_daily.is_golden_cohort
      Support: lead_scores_daily.support
    note_state: collapsed
    note_display: hover
    note_text: Plan the day by the first rows. Calls to expect are what the chances add up to if all were called.
    row: 0
    col: 4
    width: 12
    height: 4
  - title: Leads by owner
    name: leads_by_owner
    model: lead_scoring
    explore: leads
    type: looker_grid
    fields: [salesforce_leads.owner_id, lead_scores_daily.lead_count, lead_scores_daily.expected_calls]
    filters:
      lead_scores_daily.is_newest_day: 'yes'
      lead_scores_daily.may_be_called: 'yes'
    sorts: [lead_scores_daily.expected_calls desc, salesforce_leads.owner_id]
    listen:
      Bucket: lead_scores_daily.score_bucket
      Golden cohort: lead_scores_daily.is_golden_cohort
      Support: lead_scores_daily.support
    note_state: collapsed
    note_display: hover
    note_text: Where one owner holds far more calls than the others, hand some over.
    row: 0
    col: 16
    width: 8
    height: 4
  - title: Leads to call first
    name: leads_to_call_first
    model: lead_scoring
    explore: leads
    type: looker_grid
    fields: [lead_scores_daily.call_priority, lead_scores_daily.lead_id, lead_scores_daily.score_bucket, lead_scores_daily.lead_score,
      lead_scores_daily.is_golden_cohort, lead_scores_daily.score_decile, lead_scores_daily.support, salesforce_leads.owner_id, lead_scores_daily.narrative]
    filters:
      lead_scores_daily.is_newest_day: 'yes'
      lead_scores_daily.may_be_called: 'yes'
    sorts: [lead_scores_daily.call_priority]
    limit: 200
    listen:
      Bucket: lead_scores_daily.score_bucket
      Owner: salesforce_leads.owner_id
      Golden cohort: lead_scores_daily.is_golden_cohort
      Support: lead_scores_daily.support
    note_state: collapsed
    note_display: hover
    note_text: Call from the top. Click a lead to open it in Salesforce. Unfamiliar means that the model learned from too few like it.
    row: 4
    col: 0
    width: 24
    height: 10
  - title: Prospects to call first
    name: prospects_to_call_first
    model: lead_scoring
    explore: prospects
    type: looker_grid
    fields: [prospect_call_list.list_position, prospect_call_list.advisor_crd, prospect_call_list.firm_name, prospect_call_list.score_bucket,
      prospect_call_list.lead_score, prospect_call_list.is_golden_cohort, prospect_call_list.support, prospect_call_list.firm_aum_pit, prospect_call_list.narrative]
    sorts: [prospect_call_list.list_position]
    limit: 200
    listen:
      Bucket: prospect_call_list.score_bucket
      Golden cohort: prospect_call_list.is_golden_cohort
      Support: prospect_call_list.support
    note_state: collapsed
    note_display: hover
    note_text: Advisors who are not in Salesforce. Whoever may see names finds them in the explore Prospects to call.
    row: 14
    col: 0
    width: 24
    height: 10
  - title: Left out, and why
    name: left_out
    model: lead_scoring
    explore: exclusions
    type: looker_grid
    fields: [call_exclusions.exclusion, call_exclusions.lead_count, call_exclusions.prospect_count]
    sorts: [call_exclusions.exclusion]
    note_state: collapsed
    note_display: hover
    note_text: Do not call these, whatever their score. Suppressions are rows of the seed contact_suppressions.
    row: 24
    col: 0
    width: 24
    height: 5
