"""The record of a partnership at the end of any day, and the changes since."""
