"""Tests of the shared forms."""
