"""Pages of the indicators: sources, values, imports and narratives."""
