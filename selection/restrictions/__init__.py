"""Restrictions by law on a country, and their reviews."""
