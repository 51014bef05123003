"""Tests of the decisions room."""
