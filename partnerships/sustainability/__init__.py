"""Sustainability."""
