"""Services that draft, decide, and apply amendments."""
