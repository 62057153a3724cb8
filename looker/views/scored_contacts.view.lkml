# Written by `lead-scoring looker generate` from the contract of scored_contacts; do not edit.
view: scored_contacts {
  sql_table_name: `@{PROJECT}.@{DATASET}.scored_contacts` ;;

  dimension: lead_id {
    primary_key: yes
    type: string
    description: "Salesforce lead."
    sql: ${TABLE}.lead_id ;;
  }

  dimension: advisor_crd {
    type: number
    description: "The advisor, as the lead names it now; null when its CRD is none."
    sql: ${TABLE}.advisor_crd ;;
  }

  dimension: owner_id {
    type: string
    description: "Salesforce key of the user who owns the lead today; null when unknown."
    sql: ${TABLE}.owner_id ;;
  }

  dimension_group: contacted {
    description: "Day of the first contact, UTC."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.contacted_date ;;
  }

  dimension_group: ripe {
    description: "Day on which the label window is over; orders the evidence."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.ripe_date ;;
  }

  dimension: is_ripe {
    type: yesno
    description: "Whether that day has come by analysis_date."
    sql: ${TABLE}.is_ripe ;;
  }

  dimension: label {
    type: number
    description: "1 when the contact became a call within the label window, 0 when not, null while it is not ripe."
    sql: ${TABLE}.label ;;
  }

  dimension_group: score {
    description: "Day of the score in force."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.score_date ;;
  }

  dimension: population {
    type: string
    description: "leads or prospects: which ranking the score is of."
    sql: ${TABLE}.population ;;
  }

  dimension: model_version {
    type: string
    description: "Version of the artifact that scored."
    sql: ${TABLE}.model_version ;;
  }

  dimension: lead_score {
    type: number
    description: "Published chance of a call, 0 to 1."
    sql: ${TABLE}.lead_score ;;
  }

  dimension: score_decile {
    type: number
    description: "Tenth of its ranking, 1 the best."
    sql: ${TABLE}.score_decile ;;
  }

  dimension: is_golden_cohort {
    type: yesno
    description: "Whether the person was in the golden cohort."
    sql: ${TABLE}.is_golden_cohort ;;
  }

  dimension: build_id {
    type: string
    description: "The build that published the score."
    sql: ${TABLE}.build_id ;;
  }

  dimension: scored_lead_id {
    type: string
    description: "Salesforce lead that the score was published of: this one, or another of the same advisor; null for prospects."
    sql: ${TABLE}.scored_lead_id ;;
  }
}
