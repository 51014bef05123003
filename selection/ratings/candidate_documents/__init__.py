"""Candidate documents."""
