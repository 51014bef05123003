"""Tests of the restrictions room."""
