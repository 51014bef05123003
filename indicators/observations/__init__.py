"""Observations: values as of a publication, their provenance, second witnesses, and the source catalog."""
