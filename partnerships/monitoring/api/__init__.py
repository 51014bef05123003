"""REST endpoints of this room."""
