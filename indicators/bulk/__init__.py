"""Bulk download of the observation history as a data package."""
