"""Words, badges, charts, and tables of this room."""
