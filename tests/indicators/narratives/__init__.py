"""Narratives."""
