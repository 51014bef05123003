"""The yearly dialogue: agenda, key indicators, minutes, and action items."""
