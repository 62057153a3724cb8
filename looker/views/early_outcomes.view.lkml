# Written by `lead-scoring looker generate` from the contract of early_outcomes; do not edit.
view: early_outcomes {
  sql_table_name: `@{PROJECT}.@{DATASET}.early_outcomes` ;;

  dimension: primary_key {
    primary_key: yes
    hidden: yes
    type: string
    description: "Names a row: model_version, population, age_weeks."
    sql: concat(cast(${TABLE}.model_version as string), '|', cast(${TABLE}.population as string), '|', cast(${TABLE}.age_weeks as string)) ;;
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

  dimension: age_weeks {
    type: number
    description: "Whole weeks from the contact to analysis_date."
    sql: ${TABLE}.age_weeks ;;
  }

  dimension_group: first_contact {
    description: "Day of the earliest contact of the cohort."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.first_contact_date ;;
  }

  dimension_group: last_contact {
    description: "Day of its latest contact."
    type: time
    timeframes: [raw, date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.last_contact_date ;;
  }

  dimension: contact_count {
    type: number
    description: "Contacts of the cohort with a score in force."
    sql: ${TABLE}.contact_count ;;
  }

  dimension: share_seen {
    type: number
    description: "Share of the cohort's calls that has come by now, by delay_curve and weighted by score."
    sql: ${TABLE}.share_seen ;;
  }

  dimension: expected_calls {
    type: number
    description: "Calls that the scores promised within the whole label window."
    sql: ${TABLE}.expected_calls ;;
  }

  dimension: expected_so_far {
    type: number
    description: "Calls that should have come by now."
    sql: ${TABLE}.expected_so_far ;;
  }

  dimension: expected_low {
    type: number
    description: "Fewest calls by now that a right model leads to, in 95 of 100 cohorts."
    sql: ${TABLE}.expected_low ;;
  }

  dimension: expected_high {
    type: number
    description: "Most calls by now that a right model leads to."
    sql: ${TABLE}.expected_high ;;
  }

  dimension: observed_so_far {
    type: number
    description: "Calls that have come by now."
    sql: ${TABLE}.observed_so_far ;;
  }

  dimension: nowcast_calls {
    type: number
    description: "Calls that the cohort will come to, from those observed and share_seen; says nothing of the scores."
    sql: ${TABLE}.nowcast_calls ;;
  }

  dimension: nowcast_low {
    type: number
    description: "Lower bound of nowcast_calls, never below what was observed."
    sql: ${TABLE}.nowcast_low ;;
  }

  dimension: nowcast_high {
    type: number
    description: "Upper bound of nowcast_calls, never above the contacts."
    sql: ${TABLE}.nowcast_high ;;
  }
}
