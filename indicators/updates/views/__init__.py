"""Pages of updates, and of the calendar of editions."""
