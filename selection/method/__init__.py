"""The method page: rules to recompute a score, the steps, the model's table, and the limits of the list."""
