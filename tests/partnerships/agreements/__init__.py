"""Tests of the agreements room."""
