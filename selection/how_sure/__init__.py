"""Certainty of the ranks ("How sure"): the doubts that move the ranks of a run, and the figures to get first."""
