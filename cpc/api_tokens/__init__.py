"""API tokens: authentication of programs without a password or a session."""
