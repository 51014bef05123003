"""Tests of the consultation on criteria."""
