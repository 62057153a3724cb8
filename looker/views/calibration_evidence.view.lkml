# Written by `lead-scoring looker generate` from the contract of calibration_evidence; do not edit.
view: calibration_evidence {
  sql_table_name: `@{PROJECT}.@{DATASET}.calibration_evidence` ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    description: "Names a row: model_version, process, direction, ripe_date."
    sql: concat(cast(${TABLE}.model_version as string), '|', cast(${TABLE}.process as string), '|', cast(${TABLE}.direction as string), '|', cast(${TABLE}.ripe_date as string)) ;;
  }

  dimension: model_version {
    type: string
    description: "Version of the artifact that scored."
    sql: ${TABLE}.model_version ;;
  }

  dimension: process {
    type: string
    description: "Whose contacts are counted: all, or a part (macros/calibration_evidence.sql)."
    sql: ${TABLE}.process ;;
  }

  dimension: direction {
    type: string
    description: "fewer or more: calls against what the scores said."
    sql: ${TABLE}.direction ;;
  }

  dimension_group: ripe {
    description: "Day on which the label window of the last contacts was over."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.ripe_date ;;
  }

  dimension: restart_count {
    type: number
    description: "Acknowledgements before that day; each begins the evidence anew."
    sql: ${TABLE}.restart_count ;;
  }

  dimension: contact_count {
    type: number
    description: "Contacts since the evidence began."
    sql: ${TABLE}.contact_count ;;
  }

  dimension: call_count {
    type: number
    description: "Those that became a call."
    sql: ${TABLE}.call_count ;;
  }

  dimension: expected_calls {
    type: number
    description: "Calls that the scores promised of them."
    sql: ${TABLE}.expected_calls ;;
  }

  dimension: log_evidence {
    type: number
    description: "Logarithm of the weighted sum, over the bets that begin with each month, of the mean likelihood ratio since then over the eight multipliers of the direction. The nth bet weighs 1 / (n (n + 1)), and what no bet holds yet counts as 1."
    sql: ${TABLE}.log_evidence ;;
  }

  dimension: log_evidence_limit {
    type: number
    description: "Where it alarms: the logarithm of 40, for a part of 40 times the number of parts."
    sql: ${TABLE}.log_evidence_limit ;;
  }
}
