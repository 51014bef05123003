"""Services for monitoring plans, reporting periods, and results."""
