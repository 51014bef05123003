"""Method."""
