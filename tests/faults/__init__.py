"""Seeded faults: changes that the suite must detect, and the tests that detect them."""
