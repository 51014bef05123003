"""Received files: checks and storage."""
