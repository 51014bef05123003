"""Services of the consultation: requests, positions, dispositions, and reminders."""
