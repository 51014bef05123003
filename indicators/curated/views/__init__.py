"""Pages of programs and plans."""
