"""Questions to a ranking: other weights, rules, and candidates."""
