"""Comment matrix."""
