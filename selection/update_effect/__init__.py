"""Effect of an update on the ranking, computed before its files are published."""
