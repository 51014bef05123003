"""Tests of weighting exercises."""
