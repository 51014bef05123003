"""REST endpoints of monitoring."""
