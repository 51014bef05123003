"""Which country, and why: scoring models, runs and the ranking."""
