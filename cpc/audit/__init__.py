"""Audit trail: a record of every write."""
