"""Labels, badges, charts, and tables of the What if pages."""
