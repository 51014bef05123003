"""The rating grid: all candidates by all rated criteria, typed, pasted, or uploaded, and saved together."""
