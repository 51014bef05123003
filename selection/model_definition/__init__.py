"""Scoring models as text: schema, rules, editing, and differences."""
