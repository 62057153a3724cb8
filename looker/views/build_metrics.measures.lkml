view: +build_metrics {
  measure: lowest_value {
    type: min
    label: "Lowest"
    description: "Lowest value of the metric."
    sql: ${metric_value} ;;
    value_format_name: decimal_2
  }
  measure: highest_value {
    type: max
    label: "Highest"
    description: "Highest value of the metric."
    sql: ${metric_value} ;;
    value_format_name: decimal_2
  }
}
