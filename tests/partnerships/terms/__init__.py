"""Tests of the terms room."""
