"""Tests of the how-sure room: confidence in a ranking."""
