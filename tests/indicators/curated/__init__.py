"""Tests of the curated room."""
