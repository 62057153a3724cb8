# Written by `lead-scoring looker generate` from the contract of realised_bands; do not edit.
view: realised_bands {
  sql_table_name: `@{PROJECT}.@{DATASET}.realised_bands` ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    description: "Names a row: contact_month, model_version, population, score_decile."
    sql: concat(cast(${TABLE}.contact_month as string), '|', cast(${TABLE}.model_version as string), '|', cast(${TABLE}.population as string), '|', cast(${TABLE}.score_decile as string)) ;;
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

  dimension: score_decile {
    type: number
    description: "Tenth of the ranking on the day of the score, 1 the best."
    sql: ${TABLE}.score_decile ;;
  }

  dimension: ripe_count {
    type: number
    description: "Ripe contacts."
    sql: ${TABLE}.ripe_count ;;
  }

  dimension: call_count {
    type: number
    description: "Those that became a call."
    sql: ${TABLE}.call_count ;;
  }

  dimension: predicted_rate {
    type: number
    description: "Mean published chance."
    sql: ${TABLE}.predicted_rate ;;
  }

  dimension: call_rate {
    type: number
    description: "Share that became a call."
    sql: ${TABLE}.call_rate ;;
  }

  dimension: call_rate_low {
    type: number
    description: "Lower bound of Wilson's 95 % interval of call_rate."
    sql: ${TABLE}.call_rate_low ;;
  }

  dimension: call_rate_high {
    type: number
    description: "Upper bound of Wilson's 95 % interval of call_rate."
    sql: ${TABLE}.call_rate_high ;;
  }

  dimension: lift {
    type: number
    description: "call_rate over that of the month's ripe contacts of the population; null where none became a call."
    sql: ${TABLE}.lift ;;
  }

  dimension: lift_low {
    type: number
    description: "Lower bound of lift, from that of call_rate."
    sql: ${TABLE}.lift_low ;;
  }

  dimension: lift_high {
    type: number
    description: "Upper bound of lift, from that of call_rate."
    sql: ${TABLE}.lift_high ;;
  }

  dimension: is_calibrated {
    type: yesno
    description: "Whether predicted_rate lies in the interval of call_rate. One band in twenty of a right model does not: model_alerts is what to act on."
    sql: ${TABLE}.is_calibrated ;;
  }
}
