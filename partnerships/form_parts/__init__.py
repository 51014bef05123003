"""Form fields and bases that rooms of the partnerships share."""
