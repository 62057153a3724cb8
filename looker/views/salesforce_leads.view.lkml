# Written by `lead-scoring looker generate` from the contract of salesforce_leads; do not edit.
view: salesforce_leads {
  sql_table_name: `@{PROJECT}.@{DATASET}.salesforce_leads` ;;

  dimension: lead_id {
    primary_key: yes
    type: string
    description: "Salesforce key of the lead."
    sql: ${TABLE}.lead_id ;;
  }

  dimension_group: score {
    description: "Day for which the row was scored."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.score_date ;;
  }

  dimension: lead_score {
    type: number
    description: "Calibrated probability, 4 decimals."
    sql: ${TABLE}.lead_score ;;
  }

  dimension: score_bucket {
    type: string
    description: "Very Hot, Hot, Warm or Cold."
    sql: ${TABLE}.score_bucket ;;
  }

  dimension: action_recommended {
    type: string
    description: "What the bucket asks for."
    sql: ${TABLE}.action_recommended ;;
  }

  dimension: narrative {
    type: string
    description: "The drivers in a sentence, at most 255 characters."
    sql: ${TABLE}.narrative ;;
  }

  dimension: model_version {
    type: string
    description: "Version of the artifact that scored."
    sql: ${TABLE}.model_version ;;
  }

  dimension_group: scoring {
    description: "When the row was scored, UTC."
    type: time
    timeframes: [raw, date, week, month]
    datatype: timestamp
    convert_tz: no
    sql: ${TABLE}.scoring_timestamp ;;
  }

  dimension: restlessness_ratio {
    type: number
    description: "Time at the firm over earlier stays, 2 decimals."
    sql: ${TABLE}.restlessness_ratio ;;
  }

  dimension: flight_risk_score {
    type: number
    description: "Moves times the firm's losses."
    sql: ${TABLE}.flight_risk_score ;;
  }

  dimension: is_fresh_start {
    type: yesno
    description: "In the first year at a firm."
    sql: ${TABLE}.is_fresh_start ;;
  }

  dimension: is_closed {
    type: yesno
    description: "Converted or deleted, as of the build."
    sql: ${TABLE}.is_closed ;;
  }

  dimension: is_suppressed {
    type: yesno
    description: "Left out for a reason in call_exclusions, as of the build."
    sql: ${TABLE}.is_suppressed ;;
  }

  dimension: owner_id {
    type: string
    description: "Salesforce key of the user who owns the lead, as of the build; null when unknown. Shown, never sent."
    sql: ${TABLE}.owner_id ;;
  }

  dimension: build_id {
    type: string
    description: "The build that published the row, from builds; null for what was published before builds were recorded."
    sql: ${TABLE}.build_id ;;
  }
}
