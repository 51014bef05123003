"""Labels, badges, charts, and tables of monitoring."""
