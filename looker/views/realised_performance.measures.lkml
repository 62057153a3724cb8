view: +realised_performance {
  dimension: auc {
    label: "Right order of a pair (AUC)"
    value_format_name: decimal_2
  }
  dimension: auc_low {
    value_format_name: decimal_2
  }
  dimension: auc_high {
    value_format_name: decimal_2
  }
  dimension: brier_score {
    value_format_name: decimal_4
  }
  measure: contacts {
    type: sum
    label: "Contacts"
    description: "Contacts with a score in force."
    sql: ${contact_count} ;;
  }
  measure: ripe_contacts {
    type: sum
    label: "Ripe contacts"
    description: "Contacts whose label window is over."
    sql: ${ripe_count} ;;
  }
  measure: calls {
    type: sum
    label: "Calls"
    description: "Ripe contacts that became a call."
    sql: ${call_count} ;;
  }
  measure: said_calls {
    type: sum
    label: "Calls that were said"
    description: "Calls that the scores promised of the ripe contacts."
    sql: ${expected_calls} ;;
    value_format_name: decimal_1
  }
}
