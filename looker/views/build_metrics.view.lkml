# Written by `lead-scoring looker generate` from the contract of build_metrics; do not edit.
view: build_metrics {
  sql_table_name: `@{PROJECT}.@{DATASET}.build_metrics` ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    description: "Names a row: build_id, subject, metric."
    sql: concat(cast(${TABLE}.build_id as string), '|', cast(${TABLE}.subject as string), '|', cast(${TABLE}.metric as string)) ;;
  }

  dimension: subject {
    type: string
    description: "Source table, or the scores."
    sql: ${TABLE}.subject ;;
  }

  dimension: metric {
    type: string
    description: "What is measured, in words."
    sql: ${TABLE}.metric ;;
  }

  dimension: metric_value {
    type: number
    description: "A count, or a share from 0 to 1; null where there is nothing to take a share of."
    sql: ${TABLE}.metric_value ;;
  }

  dimension: build_id {
    type: string
    description: "The build that published the row, from builds."
    sql: ${TABLE}.build_id ;;
  }
}
