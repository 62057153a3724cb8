connection: "@{CONNECTION}"
label: "Lead scoring"
week_start_day: monday

include: "/views/builds.view.lkml"
include: "/views/builds.measures.lkml"
include: "/views/build_metrics.view.lkml"
include: "/views/build_metrics.measures.lkml"
include: "/views/calibration_evidence.view.lkml"
include: "/views/calibration_evidence.measures.lkml"
include: "/views/call_exclusions.view.lkml"
include: "/views/call_exclusions.measures.lkml"
include: "/views/early_outcomes.view.lkml"
include: "/views/lead_scores_daily.view.lkml"
include: "/views/lead_scores_daily.measures.lkml"
include: "/views/model_alerts.view.lkml"
include: "/views/model_alerts.measures.lkml"
include: "/views/model_verdicts.view.lkml"
include: "/views/prospect_call_list.view.lkml"
include: "/views/prospect_call_list.measures.lkml"
include: "/views/realised_bands.view.lkml"
include: "/views/realised_bands.measures.lkml"
include: "/views/realised_performance.view.lkml"
include: "/views/realised_performance.measures.lkml"
include: "/views/salesforce_leads.view.lkml"
include: "/views/scored_contacts.view.lkml"
include: "/views/scored_contacts.measures.lkml"
include: "/dashboards/contact_to_call.dashboard.lookml"
include: "/dashboards/model_health.dashboard.lookml"
include: "/dashboards/todays_calls.dashboard.lookml"
include: "/tests/contacts.test.lkml"
include: "/tests/health.test.lkml"
include: "/tests/leads.test.lkml"
include: "/tests/prospects.test.lkml"

# Names are for callers; whoever lacks the attribute sees keys and firms.
access_grant: can_see_names {
  user_attribute: can_see_names
  allowed_values: ["yes"]
}

# A build publishes all relations together, so what is cached lives until the next one.
datagroup: newest_score_date {
  sql_trigger: select max(score_date) from `@{PROJECT}.@{DATASET}.builds` where result = 'published' ;;
  max_cache_age: "24 hours"
}

persist_with: newest_score_date

explore: leads {
  label: "Leads by day"
  description: "Every published day's ranking of open leads. Read a few days at a time: the table keeps all of them."
  view_name: lead_scores_daily
  # The table refuses to be read without a day. Seven, so that the newest one is found after a week of failed builds.
  always_filter: {
    filters: [lead_scores_daily.score_date: "7 days"]
  }
  # Holds the newest day only: owner and suppression of earlier days are not kept.
  join: salesforce_leads {
    type: left_outer
    relationship: one_to_one
    sql_on: ${lead_scores_daily.lead_id} = ${salesforce_leads.lead_id} and ${lead_scores_daily.score_raw} = ${salesforce_leads.score_raw} ;;
  }
}

explore: prospects {
  label: "Prospects to call"
  description: "Whom to call of those not in Salesforce, on the newest published day."
  view_name: prospect_call_list
  always_filter: {
    filters: [prospect_call_list.score_date: "7 days"]
  }
}

explore: exclusions {
  label: "Who is left out"
  description: "Whom the newest day's lists and the export leave out, and why."
  view_name: call_exclusions
}

explore: contacts {
  label: "From contact to call"
  description: "Each contact with the score in force on its day, and what became of it."
  view_name: scored_contacts
  always_filter: {
    filters: [scored_contacts.score_date: "730 days"]
  }
}

explore: early_outcomes {
  label: "Not yet ripe"
  description: "Calls so far of contacts whose label window is not over, and what should have come by now."
}

explore: realised_performance {
  label: "Months, as scored"
  description: "What became of the contacts of each month, with intervals."
}

explore: realised_bands {
  label: "Tenths, as scored"
  description: "What became of the contacts of each month in each tenth of the ranking."
}

explore: calibration_evidence {
  label: "Evidence against the chances"
  description: "Evidence, day by day, that calls come more or less often than was said."
}

explore: model_alerts {
  label: "Alerts"
  description: "What is wrong with published chances, since when, how sure, and what to do."
}

explore: model_verdicts {
  label: "Verdicts by month"
  description: "Five questions of each month of contact, in the order of a diagnosis, and the verdict."
}

explore: builds {
  label: "Builds"
  description: "Every build and what became of it."
}

explore: build_metrics {
  label: "How much was delivered"
  description: "What tells whether a delivery has collapsed, of each published build."
  join: builds {
    type: left_outer
    relationship: many_to_one
    sql_on: ${build_metrics.build_id} = ${builds.build_id} ;;
  }
}
