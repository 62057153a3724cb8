# Written by `lead-scoring looker generate` from the contract of model_alerts; do not edit.
view: model_alerts {
  sql_table_name: `@{PROJECT}.@{DATASET}.model_alerts` ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    description: "Names a row: model_version, process, direction."
    sql: concat(cast(${TABLE}.model_version as string), '|', cast(${TABLE}.process as string), '|', cast(${TABLE}.direction as string)) ;;
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

  dimension_group: since {
    description: "First day on which the evidence reached its limit."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.since_date ;;
  }

  dimension: log_evidence {
    type: number
    description: "Most evidence so far."
    sql: ${TABLE}.log_evidence ;;
  }

  dimension: false_alarm_chance {
    type: number
    description: "At most so often does a right model come so far in all of its time, in any process of the kind and in either direction."
    sql: ${TABLE}.false_alarm_chance ;;
  }

  dimension: contact_count {
    type: number
    description: "Contacts since the evidence began, up to now."
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

  dimension: people {
    type: string
    description: "Whose chances are wrong."
    sql: ${TABLE}.people ;;
  }

  dimension: what {
    type: string
    description: "What is wrong."
    sql: ${TABLE}.what ;;
  }

  dimension: what_to_do {
    type: string
    description: "What to look at and do."
    sql: ${TABLE}.what_to_do ;;
  }

  dimension: is_in_force {
    type: yesno
    description: "Whether the version scores now; others need nothing any more."
    sql: ${TABLE}.is_in_force ;;
  }
}
