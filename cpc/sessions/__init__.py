"""Sessions: where an account is signed in, how long, and how often a password may be tried."""
