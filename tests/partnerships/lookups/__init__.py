"""Tests of the shared queries."""
