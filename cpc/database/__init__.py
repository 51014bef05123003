"""The two roles of the database, and the guards that the application's role cannot switch off."""
