"""Pages of observations and sources."""
