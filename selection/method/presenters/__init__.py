"""Labels, badges, charts, and tables of the method page."""
