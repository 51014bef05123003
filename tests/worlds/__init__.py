"""Test worlds: database contents that are built once, stored as a template, and cloned for each test process."""
