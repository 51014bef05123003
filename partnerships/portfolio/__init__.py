"""The list of all partnerships, the overview of one, and REST endpoints of both."""
