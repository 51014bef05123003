"""Analysts' confirmation of what was read in a narrative: forms of child trafficking, and figures."""
