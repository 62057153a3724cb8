"""The audit as text, JSON and a drawn page."""
