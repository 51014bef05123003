"""Tests of the values that a run takes, and of the facts that define its pool."""
