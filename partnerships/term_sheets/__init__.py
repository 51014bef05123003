"""Sheets of terms: all rows of the terms typed, pasted, or uploaded together, and saved or refused as a whole."""
