"""Imports: receive, recognize, read, match, check, preview, publish, and retract a publisher's file."""
