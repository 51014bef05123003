"""Form parts."""
