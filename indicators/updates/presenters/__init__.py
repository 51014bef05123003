"""What the pages of updates and the calendar show."""
