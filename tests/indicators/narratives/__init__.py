"""Tests of the narratives room."""
