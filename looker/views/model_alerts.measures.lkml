view: +model_alerts {
  dimension: false_alarm_chance {
    label: "Chance of a false alarm"
    value_format_name: percent_2
  }
  dimension: expected_calls {
    value_format_name: decimal_1
  }
  measure: alert_count {
    type: count
    label: "Alerts"
    description: "Alerts, of whatever version."
    drill_fields: [model_version, people, what, since_date, what_to_do]
  }
  measure: open_count {
    type: count
    label: "Open alerts"
    description: "Alerts of the version that scores now."
    filters: [is_in_force: "yes"]
    drill_fields: [people, what, since_date, what_to_do]
  }
}
