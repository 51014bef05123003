"""Database roles, and the guards that the application's role can't disable."""
