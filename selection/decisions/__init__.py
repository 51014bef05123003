"""Recommendations, decisions, and the memo; a decision is frozen with its evidence."""
