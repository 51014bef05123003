"""Tests of the portfolio room."""
