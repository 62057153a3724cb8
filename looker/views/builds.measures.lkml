view: +builds {
  measure: build_count {
    type: count
    label: "Builds"
    description: "Builds, published or failed."
    drill_fields: [build_id, score_date, result, failed_nodes]
  }
  measure: failed_count {
    type: count
    label: "Failed builds"
    description: "Builds that failed and published nothing."
    filters: [result: "failed"]
    drill_fields: [build_id, score_date, failed_nodes]
  }
}
