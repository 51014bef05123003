"""Consultation: requests to agencies, their positions, dispositions, and reminders."""
