"""Tier confirmations: the tiers of a report read by one person, spot-checked by a second, and published together."""
