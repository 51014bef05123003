"""Conventions of the pages."""
