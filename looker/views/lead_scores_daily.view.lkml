# Written by `lead-scoring looker generate` from the contract of lead_scores_daily; do not edit.
view: lead_scores_daily {
  sql_table_name: `@{PROJECT}.@{DATASET}.lead_scores_daily` ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    description: "Names a row: score_date, lead_id."
    sql: concat(cast(${TABLE}.score_date as string), '|', cast(${TABLE}.lead_id as string)) ;;
  }

  dimension: lead_id {
    type: string
    description: "Salesforce lead."
    sql: ${TABLE}.lead_id ;;
  }

  dimension: advisor_crd {
    type: number
    description: "The advisor; null when the lead's CRD is not plainly one number."
    sql: ${TABLE}.advisor_crd ;;
  }

  dimension_group: contacted {
    description: "Day of the first contact, UTC; null when not yet contacted."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.contacted_date ;;
  }

  dimension_group: score {
    description: "Day for which the row was scored."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.score_date ;;
  }

  dimension_group: as_of {
    description: "Day as of which the features were known: the contact date of a contacted lead, else score_date. Null on days that were scored before the column was published."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.as_of_date ;;
  }

  dimension: lead_score {
    type: number
    description: "Calibrated probability, 0 to 1, that a contact becomes a call within the label window."
    sql: ${TABLE}.lead_score ;;
  }

  dimension: score_bucket {
    type: string
    description: "Very Hot, Hot, Warm or Cold, from the seed score_buckets."
    sql: ${TABLE}.score_bucket ;;
  }

  dimension: action_recommended {
    type: string
    description: "What the bucket asks for, from the seed score_buckets."
    sql: ${TABLE}.action_recommended ;;
  }

  dimension: uncalibrated_score {
    type: number
    description: "The booster's own probability; ranks where the calibrated score ties."
    sql: ${TABLE}.uncalibrated_score ;;
  }

  dimension: pit_restlessness_ratio {
    type: number
    description: "Feature: time at the current firm over earlier stays."
    sql: ${TABLE}.pit_restlessness_ratio ;;
  }

  dimension: flight_risk_score {
    type: number
    description: "Feature: moves times the firm's losses."
    sql: ${TABLE}.flight_risk_score ;;
  }

  dimension: is_fresh_start {
    type: number
    description: "Feature: 1 in the first year at a firm."
    sql: ${TABLE}.is_fresh_start ;;
  }

  dimension: narrative {
    type: string
    description: "The drivers in a sentence for sales."
    sql: ${TABLE}.narrative ;;
  }

  dimension: model_version {
    type: string
    description: "Version of the artifact that scored."
    sql: ${TABLE}.model_version ;;
  }

  dimension_group: scoring {
    description: "When the run began, UTC."
    type: time
    timeframes: [raw, date, week, month]
    datatype: timestamp
    convert_tz: no
    sql: ${TABLE}.scoring_timestamp ;;
  }

  dimension: score_decile {
    type: number
    description: "Tenth of the day's population by score, 1 the best; ties broken by the booster's own score, then by key."
    sql: ${TABLE}.score_decile ;;
  }

  dimension: score_percentile {
    type: number
    description: "Percentage of the day's population that ranks at or below this row; the best has 100."
    sql: ${TABLE}.score_percentile ;;
  }

  dimension: lift_vs_base {
    type: number
    description: "lead_score over the base rate: how many times the usual chance."
    sql: ${TABLE}.lift_vs_base ;;
  }

  dimension: base_rate {
    type: number
    description: "Share of successes among the leads the model was calibrated on."
    sql: ${TABLE}.base_rate ;;
  }

  dimension: is_golden_cohort {
    type: yesno
    description: "Mobile advisor at a bleeding firm (flight_risk_score above 0)."
    sql: ${TABLE}.is_golden_cohort ;;
  }

  dimension: call_priority {
    type: number
    description: "Order in which to call, 1 first: golden cohort (var call_order), score, the booster's own score, flight risk; ties broken by key."
    sql: ${TABLE}.call_priority ;;
  }

  dimension: driver_1_feature {
    type: string
    description: "Feature whose group moved the score most."
    sql: ${TABLE}.driver_1_feature ;;
  }

  dimension: driver_1_value {
    type: number
    description: "Its value for this row; null when unknown."
    sql: ${TABLE}.driver_1_value ;;
  }

  dimension: driver_1_direction {
    type: string
    description: "raises or lowers, as the sign of the contribution; null without a driver."
    sql: ${TABLE}.driver_1_direction ;;
  }

  dimension: driver_1_contribution {
    type: number
    description: "Percentage points its group adds to the probability; negative takes away."
    sql: ${TABLE}.driver_1_contribution ;;
  }

  dimension: driver_2_feature {
    type: string
    description: "Feature whose group moved the score second most."
    sql: ${TABLE}.driver_2_feature ;;
  }

  dimension: driver_2_value {
    type: number
    description: "Its value for this row; null when unknown."
    sql: ${TABLE}.driver_2_value ;;
  }

  dimension: driver_2_direction {
    type: string
    description: "raises or lowers, as the sign of the contribution; null without a driver."
    sql: ${TABLE}.driver_2_direction ;;
  }

  dimension: driver_2_contribution {
    type: number
    description: "Percentage points its group adds to the probability; negative takes away."
    sql: ${TABLE}.driver_2_contribution ;;
  }

  dimension: driver_3_feature {
    type: string
    description: "Feature whose group moved the score third most."
    sql: ${TABLE}.driver_3_feature ;;
  }

  dimension: driver_3_value {
    type: number
    description: "Its value for this row; null when unknown."
    sql: ${TABLE}.driver_3_value ;;
  }

  dimension: driver_3_direction {
    type: string
    description: "raises or lowers, as the sign of the contribution; null without a driver."
    sql: ${TABLE}.driver_3_direction ;;
  }

  dimension: driver_3_contribution {
    type: number
    description: "Percentage points its group adds to the probability; negative takes away."
    sql: ${TABLE}.driver_3_contribution ;;
  }

  dimension: model_sha256 {
    type: string
    description: "Hash of the artifact's manifest, which names the hash of every file in it."
    sql: ${TABLE}.model_sha256 ;;
  }

  dimension: support {
    type: string
    description: "familiar where at least familiar_leads (var) of the leads that the model learned from were like this person, unfamiliar where fewer were, and its score is a guess from others; unknown where the delivery no longer holds them."
    sql: ${TABLE}.support ;;
  }

  dimension: support_leads {
    type: number
    description: "How many of those leads lie in the same thirds of the model's three strongest features; null where unknown."
    sql: ${TABLE}.support_leads ;;
  }

  dimension: support_calls {
    type: number
    description: "Calls among them."
    sql: ${TABLE}.support_calls ;;
  }

  dimension: unfamiliar_feature {
    type: string
    description: "Of an unfamiliar person, the feature that sets it apart most."
    sql: ${TABLE}.unfamiliar_feature ;;
  }

  dimension: build_id {
    type: string
    description: "The build that published the row, from builds; null for what was published before builds were recorded."
    sql: ${TABLE}.build_id ;;
  }
}
