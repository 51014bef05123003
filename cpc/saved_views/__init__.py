"""Saved views: filter, order, and columns of a list under a name, for one person, the office, or everyone."""
