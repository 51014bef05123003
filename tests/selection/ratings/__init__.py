"""Tests of the ratings room."""
