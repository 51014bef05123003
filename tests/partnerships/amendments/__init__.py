"""Tests of the amendments room."""
