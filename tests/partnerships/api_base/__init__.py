"""Tests of the REST base."""
