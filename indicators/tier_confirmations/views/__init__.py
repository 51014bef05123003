"""Pages on which tiers are confirmed."""
