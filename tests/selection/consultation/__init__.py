"""Tests of the consultation room."""
