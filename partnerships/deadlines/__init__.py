"""Deadlines: starts, expiry warnings, and notices of overdue reports and action items."""
