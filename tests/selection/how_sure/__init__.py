"""How sure."""
