"""Observations: values as known at a publication, their provenance, witnesses, and the source catalog."""
