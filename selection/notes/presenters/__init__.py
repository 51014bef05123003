"""Presentation of notes."""
