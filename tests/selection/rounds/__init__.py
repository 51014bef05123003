"""Tests of the rounds room."""
