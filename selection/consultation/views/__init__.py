"""Pages of the consultation."""
