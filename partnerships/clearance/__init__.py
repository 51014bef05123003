"""Clearance: versions of a text, the offices asked and their answers, and what stops its signature."""
