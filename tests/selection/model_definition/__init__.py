"""Tests of the model definition room."""
