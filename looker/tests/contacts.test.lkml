test: contacts_are_counted_once {
  explore_source: contacts {
    column: contacts { field: scored_contacts.contact_count }
    column: leads { field: scored_contacts.distinct_lead_count }
    column: ripe { field: scored_contacts.ripe_count }
    column: calls { field: scored_contacts.call_count }
  }
  assert: one_row_per_lead {
    expression: ${scored_contacts.contact_count} = ${scored_contacts.distinct_lead_count} ;;
  }
  assert: the_funnel_narrows {
    expression: ${scored_contacts.contact_count} >= ${scored_contacts.ripe_count} AND (${scored_contacts.ripe_count} >= ${scored_contacts.call_count} OR ${scored_contacts.contact_count} = 0) ;;
  }
}
