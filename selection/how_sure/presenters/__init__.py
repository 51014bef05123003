"""Labels, badges, charts, and tables of the How sure page."""
