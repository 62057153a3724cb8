"""The figures of the dashboard page: today's list, model health, the funnel."""
