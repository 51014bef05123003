"""The REST interface to rankings."""
