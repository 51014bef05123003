"""Two to five countries of a run side by side, with the changes that would flip their order."""
