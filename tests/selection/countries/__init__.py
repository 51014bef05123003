"""Tests of the countries room."""
