test: the_prospect_list_has_no_gap_and_nobody_twice {
  explore_source: prospects {
    column: prospects { field: prospect_call_list.prospect_count }
    column: advisors { field: prospect_call_list.distinct_advisor_count }
    column: last { field: prospect_call_list.last_position }
  }
  assert: nobody_twice {
    expression: ${prospect_call_list.prospect_count} = ${prospect_call_list.distinct_advisor_count} ;;
  }
  assert: no_gap {
    expression: ${prospect_call_list.prospect_count} = ${prospect_call_list.last_position} ;;
  }
}
