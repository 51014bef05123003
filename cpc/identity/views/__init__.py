"""Pages of second factors: an account's own security, and signing in."""
