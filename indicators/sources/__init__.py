"""Adapters of publishers' files, one per layout."""
