"""Pool rules."""
