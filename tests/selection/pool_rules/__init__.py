"""Tests of the pool rules room."""
