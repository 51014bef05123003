"""Tests of the method room."""
