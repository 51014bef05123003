"""Updates: several publishers' files received at once, previewed together, and published together or not at all."""
