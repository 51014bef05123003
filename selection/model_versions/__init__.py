"""Versions of the scoring model: drafted, edited, published, and adopted by different people."""
