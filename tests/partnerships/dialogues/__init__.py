"""Tests of the dialogues room."""
