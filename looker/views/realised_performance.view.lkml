# Written by `lead-scoring looker generate` from the contract of realised_performance; do not edit.
view: realised_performance {
  sql_table_name: `@{PROJECT}.@{DATASET}.realised_performance` ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    description: "Names a row: contact_month, model_version, population."
    sql: concat(cast(${TABLE}.contact_month as string), '|', cast(${TABLE}.model_version as string), '|', cast(${TABLE}.population as string)) ;;
  }

  dimension_group: contact {
    description: "First day of the month of contact."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.contact_month ;;
  }

  dimension: model_version {
    type: string
    description: "Version of the artifact that scored."
    sql: ${TABLE}.model_version ;;
  }

  dimension: population {
    type: string
    description: "leads or prospects: which ranking the scores are of."
    sql: ${TABLE}.population ;;
  }

  dimension: is_ripe {
    type: yesno
    description: "Whether the label window of all its contacts is over."
    sql: ${TABLE}.is_ripe ;;
  }

  dimension: contact_count {
    type: number
    description: "Contacts with a score in force."
    sql: ${TABLE}.contact_count ;;
  }

  dimension: ripe_count {
    type: number
    description: "Those whose label window is over."
    sql: ${TABLE}.ripe_count ;;
  }

  dimension: call_count {
    type: number
    description: "Ripe contacts that became a call; null where none is ripe."
    sql: ${TABLE}.call_count ;;
  }

  dimension: expected_calls {
    type: number
    description: "Calls that the scores promised of the ripe contacts."
    sql: ${TABLE}.expected_calls ;;
  }

  dimension: call_rate {
    type: number
    description: "Share of ripe contacts that became a call."
    sql: ${TABLE}.call_rate ;;
  }

  dimension: call_rate_low {
    type: number
    description: "Lower bound of Wilson's interval of call_rate."
    sql: ${TABLE}.call_rate_low ;;
  }

  dimension: call_rate_high {
    type: number
    description: "Upper bound of Wilson's interval of call_rate."
    sql: ${TABLE}.call_rate_high ;;
  }

  dimension: brier_score {
    type: number
    description: "Mean squared error of the score."
    sql: ${TABLE}.brier_score ;;
  }

  dimension: brier_low {
    type: number
    description: "Lower bound of brier_score, from the spread of the squared errors; null below two contacts."
    sql: ${TABLE}.brier_low ;;
  }

  dimension: brier_high {
    type: number
    description: "Upper bound of brier_score."
    sql: ${TABLE}.brier_high ;;
  }

  dimension: auc {
    type: number
    description: "Share of pairs of a call and a contact without one in which the call had the higher score; ties count half."
    sql: ${TABLE}.auc ;;
  }

  dimension: auc_low {
    type: number
    description: "Lower bound of auc (Hanley and McNeil, 1982); null where auc is 0 or 1, of which the formula knows no interval."
    sql: ${TABLE}.auc_low ;;
  }

  dimension: auc_high {
    type: number
    description: "Upper bound of auc."
    sql: ${TABLE}.auc_high ;;
  }
}
