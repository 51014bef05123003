"""API tokens: how a program says who it is without a password and without a session."""
