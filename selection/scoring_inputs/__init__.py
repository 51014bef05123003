"""Inputs of the scoring engine, loaded from observations, ratings, and the pool."""
