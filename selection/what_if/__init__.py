"""Questions to a stored run: other weights, pool, evidence rules, or choices of method. No official result changes."""
