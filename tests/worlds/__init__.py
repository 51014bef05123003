"""Test worlds: known contents of a database, built once, kept as a template and cloned for each test process."""
