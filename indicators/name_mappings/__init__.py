"""Name mappings: names in publishers' files that an analyst maps to a country or sets aside."""
