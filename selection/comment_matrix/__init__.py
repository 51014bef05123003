"""The comment matrix as a workbook: exported, filled in, checked, and read back."""
