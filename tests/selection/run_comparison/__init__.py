"""Tests of the run comparison room."""
