view: +scored_contacts {
  dimension: lead_id {
    label: "Lead"
    link: {
      label: "Open in Salesforce"
      url: "@{SALESFORCE_URL}/lightning/r/Lead/{{ value }}/view"
    }
  }
  dimension: population {
    label: "List"
  }
  dimension: score_decile {
    label: "Tenth"
  }
  dimension: owner_id {
    label: "Owner"
  }
  measure: contact_count {
    type: count
    label: "Contacts"
    description: "Contacts with a score in force."
    drill_fields: [lead_id, contacted_date, population, score_decile, lead_score, label]
  }
  measure: distinct_lead_count {
    type: count_distinct
    hidden: yes
    description: "Different leads; as many as rows."
    sql: ${lead_id} ;;
  }
  measure: ripe_count {
    type: count
    label: "Ripe contacts"
    description: "Contacts whose label window is over."
    filters: [is_ripe: "yes"]
    drill_fields: [lead_id, contacted_date, population, score_decile, lead_score, label]
  }
  measure: call_count {
    type: sum
    label: "Calls"
    description: "Ripe contacts that became a call."
    sql: coalesce(${label}, 0) ;;
    drill_fields: [lead_id, contacted_date, population, score_decile, lead_score]
  }
  measure: expected_calls {
    type: sum
    label: "Calls that were said"
    description: "Calls that the published chances of the ripe contacts add up to."
    sql: case when ${is_ripe} then ${lead_score} else 0 end ;;
    value_format_name: decimal_1
  }
  measure: call_rate {
    type: number
    label: "Rate that came"
    description: "Share of the ripe contacts that became a call."
    sql: ${call_count} / nullif(${ripe_count}, 0) ;;
    value_format_name: percent_1
  }
  measure: call_rate_low {
    type: number
    label: "Rate that came, low"
    description: "Lower bound of Wilson's 95 % interval of the rate that came."
    sql: (${call_count} + 1.9208 - 1.96 * sqrt(${call_count} * (${ripe_count} - ${call_count}) / nullif(${ripe_count}, 0) + 0.9604)) / nullif(${ripe_count} + 3.8416, 0) ;;
    value_format_name: percent_1
  }
  measure: call_rate_high {
    type: number
    label: "Rate that came, high"
    description: "Upper bound of Wilson's 95 % interval of the rate that came."
    sql: (${call_count} + 1.9208 + 1.96 * sqrt(${call_count} * (${ripe_count} - ${call_count}) / nullif(${ripe_count}, 0) + 0.9604)) / nullif(${ripe_count} + 3.8416, 0) ;;
    value_format_name: percent_1
  }
  measure: said_rate {
    type: number
    label: "Rate that was said"
    description: "Mean published chance of the ripe contacts."
    sql: ${expected_calls} / nullif(${ripe_count}, 0) ;;
    value_format_name: percent_1
  }
}
