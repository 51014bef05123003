"""Seeded faults: changes that a suite worth its time must notice, and the tests that do."""
