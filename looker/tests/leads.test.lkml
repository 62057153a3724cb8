test: lead_keys_are_unique_after_the_join {
  explore_source: leads {
    column: rows { field: lead_scores_daily.lead_count }
    column: keys { field: lead_scores_daily.distinct_key_count }
  }
  assert: one_row_per_day_and_lead {
    expression: ${lead_scores_daily.lead_count} = ${lead_scores_daily.distinct_key_count} ;;
  }
}

test: chances_are_chances {
  explore_source: leads {
    column: lowest { field: lead_scores_daily.lowest_score }
    column: highest { field: lead_scores_daily.highest_score }
  }
  assert: within_0_and_1 {
    expression: ${lead_scores_daily.lowest_score} >= 0 AND ${lead_scores_daily.highest_score} <= 1 ;;
  }
}

test: the_newest_day_is_found_and_has_callable_leads {
  explore_source: leads {
    column: leads { field: lead_scores_daily.lead_count }
    column: different { field: lead_scores_daily.distinct_lead_count }
    filters: [lead_scores_daily.is_newest_day: "yes", lead_scores_daily.may_be_called: "yes"]
  }
  assert: somebody_may_be_called {
    expression: ${lead_scores_daily.lead_count} > 0 ;;
  }
  assert: one_day_only {
    expression: ${lead_scores_daily.lead_count} = ${lead_scores_daily.distinct_lead_count} ;;
  }
}
