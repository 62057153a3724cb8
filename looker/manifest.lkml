# The folder `looker/` is the LookML project; docs/guides/looker.md says how it gets to Looker.
project_name: "lead_scoring"

constant: CONNECTION {
  value: "lead_scoring"
  export: override_required
}

constant: PROJECT {
  value: "my-project"
  export: override_required
}

constant: DATASET {
  value: "lead_scoring"
  export: override_required
}

# Where a lead opens, without a slash at the end.
constant: SALESFORCE_URL {
  value: "https://example.my.salesforce.com"
  export: override_required
}
