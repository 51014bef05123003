"""Tests of the limit exceptions room."""
