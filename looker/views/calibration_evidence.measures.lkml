view: +calibration_evidence {
  measure: evidence_of_fewer {
    type: max
    label: "Fewer calls than said"
    description: "Logarithm of the evidence that calls come less often than was said."
    sql: ${log_evidence} ;;
    filters: [direction: "fewer"]
    value_format_name: decimal_2
  }
  measure: evidence_of_more {
    type: max
    label: "More calls than said"
    description: "Logarithm of the evidence that calls come more often than was said."
    sql: ${log_evidence} ;;
    filters: [direction: "more"]
    value_format_name: decimal_2
  }
  measure: limit {
    type: max
    label: "Limit"
    description: "Where the evidence alarms."
    sql: ${log_evidence_limit} ;;
    value_format_name: decimal_2
  }
}
