"""Recommendations, decisions, and the memo; what is decided is frozen with its evidence."""
