"""Results of a year: who reported what and how it adds up, accounts of those who report, and the assessment."""
