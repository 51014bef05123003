"""Contributions of both governments, notifications of Congress, and the page of all money."""
