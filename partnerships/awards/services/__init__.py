"""Services for awards, their reports, and their close-out."""
