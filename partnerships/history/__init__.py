"""The record as it was at the end of any day, and what changed since."""
