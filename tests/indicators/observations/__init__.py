"""Tests of the observations room."""
