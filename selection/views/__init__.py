"""The pages of rankings, countries, method and runs."""
