"""Database triggers of the selection."""
