"""Labels, badges, charts, and tables of limits and exceptions."""
