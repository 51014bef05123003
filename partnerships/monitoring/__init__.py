"""The monitoring plan, outcome indicators, reporting periods, and results."""
