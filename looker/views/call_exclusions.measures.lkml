view: +call_exclusions {
  dimension: is_lead {
    type: yesno
    label: "Is a lead"
    description: "Whether the row is about a lead; else about a prospect."
    sql: ${lead_id} is not null ;;
  }
  measure: lead_count {
    type: count_distinct
    label: "Leads left out"
    description: "Leads that are left out; one with several reasons counts once a reason."
    sql: ${lead_id} ;;
    drill_fields: [lead_id, exclusion, detail]
  }
  measure: prospect_count {
    type: count
    label: "Prospects left out"
    description: "Prospects that are left out, once a reason."
    filters: [is_lead: "no"]
    drill_fields: [advisor_crd, exclusion, detail]
  }
}
