"""Evidence versions: the cells that a reader of a candidate sees, and when they change."""
