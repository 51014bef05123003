"""Tests of the monitoring room."""
