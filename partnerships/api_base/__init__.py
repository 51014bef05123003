"""The REST interface to partnerships."""
