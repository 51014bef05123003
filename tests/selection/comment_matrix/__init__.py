"""Tests of the comment matrix room."""
