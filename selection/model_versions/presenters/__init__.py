"""Labels, badges, charts, and tables of the model pages."""
