"""The road of a file: receive, recognise, read, match, check, preview, publish; and back: retract."""
