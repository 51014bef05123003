"""Questions to a stored run: other weights, another pool or other rules of evidence. Nothing official changes."""
