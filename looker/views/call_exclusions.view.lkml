# Written by `lead-scoring looker generate` from the contract of call_exclusions; do not edit.
view: call_exclusions {
  sql_table_name: `@{PROJECT}.@{DATASET}.call_exclusions` ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    description: "Names a row: prediction_id, exclusion."
    sql: concat(cast(${TABLE}.prediction_id as string), '|', cast(${TABLE}.exclusion as string)) ;;
  }

  dimension: prediction_id {
    type: string
    description: "The subject, from lead_scoring_features."
    sql: ${TABLE}.prediction_id ;;
  }

  dimension: lead_id {
    type: string
    description: "Salesforce lead; null for prospects."
    sql: ${TABLE}.lead_id ;;
  }

  dimension: advisor_crd {
    type: number
    description: "The advisor; null when the lead's CRD is not plainly one number."
    sql: ${TABLE}.advisor_crd ;;
  }

  dimension: exclusion {
    type: string
    description: "advisor suppressed or firm suppressed (seed contact_suppressions; the firm of the score or today's); contacted recently (within recontact_days, on a lead that is in Salesforce no more or bears another CRD now); no current registration (retired, although the vendor's flag says active)."
    sql: ${TABLE}.exclusion ;;
  }

  dimension: detail {
    type: string
    description: "The reason that the seed states, or what was seen; the first by alphabet of several."
    sql: ${TABLE}.detail ;;
  }

  dimension: build_id {
    type: string
    description: "The build that published the row, from builds; null for what was published before builds were recorded."
    sql: ${TABLE}.build_id ;;
  }
}
