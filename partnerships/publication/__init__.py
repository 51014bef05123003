"""Publication: the IATI files of partnerships and of the portfolio, and what is withheld outside the office."""
