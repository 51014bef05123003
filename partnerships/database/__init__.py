"""Database triggers of the partnerships."""
