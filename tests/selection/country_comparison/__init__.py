"""Country comparison."""
