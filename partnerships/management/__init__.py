"""Management commands of partnerships."""
