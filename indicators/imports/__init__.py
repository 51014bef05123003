"""Imports of files: receive, recognize, read, match, check, preview, publish, and retract."""
