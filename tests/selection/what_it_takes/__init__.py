"""Tests of the room on what it would take for one country."""
