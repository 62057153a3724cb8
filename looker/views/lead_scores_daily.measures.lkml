view: +lead_scores_daily {
  dimension: lead_id {
    label: "Lead"
    link: {
      label: "Open in Salesforce"
      url: "@{SALESFORCE_URL}/lightning/r/Lead/{{ value }}/view"
    }
  }
  dimension: lead_score {
    label: "Chance of a call"
    value_format_name: percent_1
  }
  dimension: base_rate {
    label: "Usual chance"
    value_format_name: percent_1
  }
  dimension: lift_vs_base {
    label: "Times the usual chance"
    value_format_name: decimal_1
  }
  dimension: call_priority {
    label: "Order of call"
    value_format_name: decimal_0
  }
  dimension: score_decile {
    label: "Tenth"
  }
  dimension: score_bucket {
    label: "Bucket"
  }
  dimension: is_golden_cohort {
    label: "Golden cohort"
  }
  dimension: narrative {
    label: "Why"
  }
  dimension: support {
    label: "Support"
  }
  dimension: support_leads {
    label: "Leads behind the score"
  }
  dimension: unfamiliar_feature {
    label: "Unfamiliar for"
  }
  dimension: is_newest_day {
    type: yesno
    label: "Newest day"
    description: "Whether the row is of the newest published day."
    sql: ${score_raw} = (select max(score_date) from `@{PROJECT}.@{DATASET}.builds` where result = 'published') ;;
  }
  dimension: may_be_called {
    type: yesno
    label: "May be called"
    description: "Neither suppressed nor closed, as of the newest build; of earlier days nothing is kept, so all may."
    sql: not coalesce(${salesforce_leads.is_suppressed}, false) and not coalesce(${salesforce_leads.is_closed}, false) ;;
  }

  measure: lead_count {
    type: count
    label: "Leads"
    description: "Leads, once a day."
    drill_fields: [call_priority, lead_id, score_bucket, lead_score, narrative]
  }
  measure: distinct_lead_count {
    type: count_distinct
    label: "Different leads"
    description: "Leads, each counted once over all days."
    sql: ${lead_id} ;;
  }
  measure: distinct_key_count {
    type: count_distinct
    hidden: yes
    description: "Different primary keys; as many as rows, or the key is none."
    sql: ${primary_key} ;;
  }
  measure: golden_count {
    type: count
    label: "Golden cohort"
    description: "Leads of the golden cohort, once a day."
    filters: [is_golden_cohort: "yes"]
    drill_fields: [call_priority, lead_id, score_bucket, lead_score, narrative]
  }
  measure: expected_calls {
    type: sum
    label: "Calls to expect"
    description: "Calls that the scores add up to, if all were contacted; the unfamiliar promise nothing."
    sql: case when coalesce(${support}, 'unknown') <> 'unfamiliar' then ${lead_score} else 0 end ;;
    value_format_name: decimal_1
  }
  measure: lowest_score {
    type: min
    label: "Lowest chance"
    description: "Lowest chance of a call."
    sql: ${lead_score} ;;
    value_format_name: percent_1
  }
  measure: highest_score {
    type: max
    label: "Highest chance"
    description: "Highest chance of a call."
    sql: ${lead_score} ;;
    value_format_name: percent_1
  }
}
