"""The REST interface to countries, sources, indicators and observations."""
