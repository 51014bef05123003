"""Runs: rankings computed, stored, and replayed."""
