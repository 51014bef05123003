"""Pages on which administrators manage people and agencies."""
