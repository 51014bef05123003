"""Narratives of 2018 that two people coded by hand, and the figures of the reader against their codes."""
