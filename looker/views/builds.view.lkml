# Written by `lead-scoring looker generate` from the contract of builds; do not edit.
view: builds {
  sql_table_name: `@{PROJECT}.@{DATASET}.builds` ;;

  dimension: build_id {
    primary_key: yes
    type: string
    description: "dbt's invocation id; the same in every row that the build published."
    sql: ${TABLE}.build_id ;;
  }

  dimension: result {
    type: string
    description: "published or failed."
    sql: ${TABLE}.result ;;
  }

  dimension_group: score {
    description: "Day that was to be ranked."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.score_date ;;
  }

  dimension_group: analysis {
    description: "Day up to which outcomes were known."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.analysis_date ;;
  }

  dimension: model_version {
    type: string
    description: "Version of the artifact that scored; null where the build failed."
    sql: ${TABLE}.model_version ;;
  }

  dimension: model_sha256 {
    type: string
    description: "Hash of the artifact's manifest; null where the build failed."
    sql: ${TABLE}.model_sha256 ;;
  }

  dimension: scored_rows {
    type: number
    description: "Leads and prospects scored; null where the build failed."
    sql: ${TABLE}.scored_rows ;;
  }

  dimension_group: started {
    description: "When the build began, UTC."
    type: time
    timeframes: [raw, date, week, month]
    datatype: timestamp
    convert_tz: no
    sql: ${TABLE}.started_at ;;
  }

  dimension_group: ended {
    description: "When it published, or ended without; UTC."
    type: time
    timeframes: [raw, date, week, month]
    datatype: timestamp
    convert_tz: no
    sql: ${TABLE}.ended_at ;;
  }

  dimension: failed_nodes {
    type: string
    description: "Names of the models and tests that failed, separated by commas; null where it published."
    sql: ${TABLE}.failed_nodes ;;
  }
}
