"""Tests of people and agencies."""
