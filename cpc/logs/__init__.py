"""Logs: the account and request of each event, one line per event, without secrets."""
