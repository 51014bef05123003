"""Contributions, congressional notifications, and the page of all money."""
