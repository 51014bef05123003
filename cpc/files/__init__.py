"""Received files: what is accepted, and where they are stored."""
