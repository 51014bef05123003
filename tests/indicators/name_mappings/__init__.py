"""Tests of the name mappings room."""
