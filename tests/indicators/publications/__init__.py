"""Tests of the publications room."""
