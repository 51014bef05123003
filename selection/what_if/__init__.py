"""Questions to a stored run: other weights, another pool, or other evidence rules. No official result changes."""
