"""Conventions of the REST interface."""
