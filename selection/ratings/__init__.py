"""Ratings by rubric of what no publisher measures, and the documents of a candidate."""
