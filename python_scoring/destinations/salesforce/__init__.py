"""Delivers the day's scores to Salesforce: checked first, sent once, every row accounted for."""
