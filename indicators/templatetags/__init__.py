"""Template tags of the indicators' pages."""
