"""Labels, badges, charts, and tables of the portfolio."""
