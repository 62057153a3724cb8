view: +prospect_call_list {
  dimension: lead_score {
    label: "Chance of a call"
    value_format_name: percent_1
  }
  dimension: list_position {
    label: "Order of call"
  }
  dimension: score_bucket {
    label: "Bucket"
  }
  dimension: is_golden_cohort {
    label: "Golden cohort"
  }
  dimension: firm_name {
    label: "Firm"
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
  dimension: firm_aum_pit {
    label: "Firm's AUM"
    value_format_name: usd_0
  }
  dimension: full_name {
    type: string
    label: "Name"
    description: "Given and family name, as the vendor has them."
    required_access_grants: [can_see_names]
    sql: concat(coalesce(${first_name}, ''), ' ', coalesce(${last_name}, '')) ;;
  }
  measure: prospect_count {
    type: count
    label: "Prospects"
    description: "Prospects on the list."
    drill_fields: [list_position, advisor_crd, firm_name, score_bucket, narrative]
  }
  measure: distinct_advisor_count {
    type: count_distinct
    hidden: yes
    description: "Different advisors; as many as rows."
    sql: ${advisor_crd} ;;
  }
  measure: last_position {
    type: max
    hidden: yes
    description: "Last position of the list; as many as rows, since there are no gaps."
    sql: ${list_position} ;;
  }
  measure: expected_calls {
    type: sum
    label: "Calls to expect"
    description: "Calls that the scores add up to, if all were contacted; the unfamiliar promise nothing."
    sql: case when coalesce(${support}, 'unknown') <> 'unfamiliar' then ${lead_score} else 0 end ;;
    value_format_name: decimal_1
  }
}
