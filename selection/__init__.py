"""Choice of partner countries: scoring models, runs, the ranking, and selection rounds."""
