# Written by `lead-scoring looker generate` from the contract of prospect_call_list; do not edit.
view: prospect_call_list {
  sql_table_name: `@{PROJECT}.@{DATASET}.prospect_call_list` ;;

  dimension: advisor_crd {
    primary_key: yes
    type: number
    description: "The advisor."
    sql: ${TABLE}.advisor_crd ;;
  }

  dimension: list_position {
    type: number
    description: "Order in which to call, 1 first, without gaps."
    sql: ${TABLE}.list_position ;;
  }

  dimension: first_name {
    type: string
    description: "Given name, as the vendor has it."
    required_access_grants: [can_see_names]
    sql: ${TABLE}.first_name ;;
  }

  dimension: last_name {
    type: string
    description: "Family name, as the vendor has it."
    required_access_grants: [can_see_names]
    sql: ${TABLE}.last_name ;;
  }

  dimension: firm_name {
    type: string
    description: "Firm as the vendor displays it today."
    sql: ${TABLE}.firm_name ;;
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
    description: "Calibrated probability, 0 to 1, that a contact becomes a call within the label window."
    sql: ${TABLE}.lead_score ;;
  }

  dimension: lift_vs_base {
    type: number
    description: "lead_score over the base rate: how many times the usual chance."
    sql: ${TABLE}.lift_vs_base ;;
  }

  dimension: base_rate {
    type: number
    description: "The usual chance, 0 to 1."
    sql: ${TABLE}.base_rate ;;
  }

  dimension: score_bucket {
    type: string
    description: "Very Hot, Hot, Warm or Cold, from the seed score_buckets."
    sql: ${TABLE}.score_bucket ;;
  }

  dimension: score_decile {
    type: number
    description: "Tenth of all prospects of the day by score, 1 the best."
    sql: ${TABLE}.score_decile ;;
  }

  dimension: is_golden_cohort {
    type: yesno
    description: "Mobile advisor at a bleeding firm (flight_risk_score above 0)."
    sql: ${TABLE}.is_golden_cohort ;;
  }

  dimension: firm_aum_pit {
    type: number
    description: "The firm's AUM in US dollars, as the score used it; null when unknown."
    sql: ${TABLE}.firm_aum_pit ;;
  }

  dimension: current_firm_tenure_months {
    type: number
    description: "Months at the firm, as the score used it; null when unknown."
    sql: ${TABLE}.current_firm_tenure_months ;;
  }

  dimension: firm_net_change_12mo {
    type: number
    description: "Advisors who joined the firm in a year less those who left; null when unknown."
    sql: ${TABLE}.firm_net_change_12mo ;;
  }

  dimension: flight_risk_score {
    type: number
    description: "Moves times the firm's losses; null when unknown."
    sql: ${TABLE}.flight_risk_score ;;
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
