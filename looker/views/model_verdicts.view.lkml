# Written by `lead-scoring looker generate` from the contract of model_verdicts; do not edit.
view: model_verdicts {
  sql_table_name: `@{PROJECT}.@{DATASET}.model_verdicts` ;;

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
    description: "leads or prospects."
    sql: ${TABLE}.population ;;
  }

  dimension: is_ripe {
    type: yesno
    description: "Whether the label window of all its contacts is over."
    sql: ${TABLE}.is_ripe ;;
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

  dimension: auc {
    type: number
    description: "Order of the ripe contacts, as in realised_performance."
    sql: ${TABLE}.auc ;;
  }

  dimension: auc_low {
    type: number
    description: "Lower bound of auc."
    sql: ${TABLE}.auc_low ;;
  }

  dimension: auc_high {
    type: number
    description: "Upper bound of auc."
    sql: ${TABLE}.auc_high ;;
  }

  dimension: promised_auc {
    type: number
    description: "AUC that the scores promise (promised_order)."
    sql: ${TABLE}.promised_auc ;;
  }

  dimension: shift {
    type: number
    description: "What, added to all log odds, fits the outcomes (realised_logits)."
    sql: ${TABLE}.shift ;;
  }

  dimension: shift_low {
    type: number
    description: "Lower bound of shift."
    sql: ${TABLE}.shift_low ;;
  }

  dimension: shift_high {
    type: number
    description: "Upper bound of shift."
    sql: ${TABLE}.shift_high ;;
  }

  dimension: slope {
    type: number
    description: "Slope of the log odds (realised_logits)."
    sql: ${TABLE}.slope ;;
  }

  dimension: slope_low {
    type: number
    description: "Lower bound of slope."
    sql: ${TABLE}.slope_low ;;
  }

  dimension: slope_high {
    type: number
    description: "Upper bound of slope."
    sql: ${TABLE}.slope_high ;;
  }

  dimension: sources_arrived {
    type: string
    description: "yes, no or unknown: whether every source came as usual on at least four in five of the days of the month that were published (source_health)."
    sql: ${TABLE}.sources_arrived ;;
  }

  dimension_group: sources_since {
    description: "Where sources_arrived is no, the first month of the newest stretch in which one of its findings was not fine (month_findings); else null."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.sources_since ;;
  }

  dimension: people_known {
    type: string
    description: "yes, no or unknown: whether no feature of the month's contacts has drifted (feature_drift)."
    sql: ${TABLE}.people_known ;;
  }

  dimension_group: people_since {
    description: "Where people_known is no, the first month of the newest stretch in which one of its findings was not fine (month_findings); else null."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.people_since ;;
  }

  dimension: contacts_worked {
    type: string
    description: "yes, no or unknown: whether its contacts were called (sales_work)."
    sql: ${TABLE}.contacts_worked ;;
  }

  dimension_group: work_since {
    description: "Where contacts_worked is no, the first month of the newest stretch in which one of its findings was not fine (month_findings); else null."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.work_since ;;
  }

  dimension: order_holds {
    type: string
    description: "no where the upper bound of auc lies below three quarters of what the scores promise above chance; unknown in a month that is not ripe, or of fewer than ten expected calls."
    sql: ${TABLE}.order_holds ;;
  }

  dimension: level_holds {
    type: string
    description: "no where the interval of shift or slope lies wholly beyond calibration_tolerance_odds; unknown as above."
    sql: ${TABLE}.level_holds ;;
  }

  dimension: cause {
    type: string
    description: "sources, people, work, order or level, where order or level does not hold: the first question answered with no by something that was fine when order, shift or slope, which does not hold now, held last; without such a thing, order or level itself."
    sql: ${TABLE}.cause ;;
  }

  dimension: verdict {
    type: string
    description: "keep, recalibrate, retrain, look at the data, look at the work, or too few to say."
    sql: ${TABLE}.verdict ;;
  }
}
