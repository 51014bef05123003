"""The partnership record: opened from a decision or a stated reason, edited, and documented."""
