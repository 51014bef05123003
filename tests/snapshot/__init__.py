"""Snapshots of the product's pages, files, REST interface, and schema, for `diff -r`."""
