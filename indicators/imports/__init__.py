"""The road of a file: receive, recognize, read, match, check, preview, publish; and back: retract."""
