"""Tests of the country comparison room."""
