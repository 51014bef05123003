"""Labels, badges, charts, and tables of the country pages."""
