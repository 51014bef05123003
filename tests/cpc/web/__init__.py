"""Tests of the HTML conventions."""
