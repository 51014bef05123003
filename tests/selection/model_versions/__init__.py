"""Tests of the model versions room."""
