"""Recovery: backups of the database and of the files, their restoration, and the tests of both."""
