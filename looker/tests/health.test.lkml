test: open_alerts_are_alerts {
  explore_source: model_alerts {
    column: alerts { field: model_alerts.alert_count }
    column: open { field: model_alerts.open_count }
  }
  assert: no_more_open_than_there_are {
    expression: ${model_alerts.open_count} <= ${model_alerts.alert_count} ;;
  }
}

test: a_build_was_published {
  explore_source: builds {
    column: builds { field: builds.build_count }
    column: failed { field: builds.failed_count }
  }
  assert: not_every_build_failed {
    expression: ${builds.build_count} > ${builds.failed_count} ;;
  }
}
