"""LookML of the published relations: written from dbt's contracts, and checked without Looker."""
