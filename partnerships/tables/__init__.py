"""What the pages of partnerships say and draw, from what the queries found."""
