"""Rules that decide whether a country is in the pool."""
