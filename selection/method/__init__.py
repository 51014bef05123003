"""The method page: the steps, the model's table, and the limits of the list."""
