"""Tests of the TIP recommendations room."""
