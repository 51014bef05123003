"""Snapshots of what the product shows and enforces, for `diff -r`."""
