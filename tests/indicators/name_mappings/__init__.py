"""Name mappings."""
