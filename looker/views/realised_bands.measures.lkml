view: +realised_bands {
  dimension: lift {
    value_format_name: decimal_2
  }
  dimension: lift_low {
    value_format_name: decimal_2
  }
  dimension: lift_high {
    value_format_name: decimal_2
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
  measure: expected_calls {
    type: sum
    label: "Calls that were said"
    description: "Calls that the published chances of the ripe contacts add up to."
    sql: ${predicted_rate} * ${ripe_count} ;;
    value_format_name: decimal_1
  }
  measure: said_rate {
    type: number
    label: "Rate that was said"
    description: "Mean published chance of the ripe contacts."
    sql: ${expected_calls} / nullif(${ripe_contacts}, 0) ;;
    value_format_name: percent_1
  }
  measure: came_rate {
    type: number
    label: "Rate that came"
    description: "Share of the ripe contacts that became a call."
    sql: ${calls} / nullif(${ripe_contacts}, 0) ;;
    value_format_name: percent_1
  }
  measure: came_rate_low {
    type: number
    label: "Rate that came, low"
    description: "Lower bound of Wilson's 95 % interval of the rate that came."
    sql: (${calls} + 1.9208 - 1.96 * sqrt(${calls} * (${ripe_contacts} - ${calls}) / nullif(${ripe_contacts}, 0) + 0.9604)) / nullif(${ripe_contacts} + 3.8416, 0) ;;
    value_format_name: percent_1
  }
  measure: came_rate_high {
    type: number
    label: "Rate that came, high"
    description: "Upper bound of Wilson's 95 % interval of the rate that came."
    sql: (${calls} + 1.9208 + 1.96 * sqrt(${calls} * (${ripe_contacts} - ${calls}) / nullif(${ripe_contacts}, 0) + 0.9604)) / nullif(${ripe_contacts} + 3.8416, 0) ;;
    value_format_name: percent_1
  }
}
