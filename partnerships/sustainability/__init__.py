"""Sustainability strategies and measures, risks, and evaluations."""
