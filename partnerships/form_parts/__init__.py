"""Form fields and base forms shared in the partnerships app."""
