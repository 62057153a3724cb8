"""The report's page and card: templates, charts, rendering."""
