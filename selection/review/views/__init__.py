"""Pages of the reviewer's workbench."""
