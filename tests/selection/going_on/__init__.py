"""Tests of the pool room."""
