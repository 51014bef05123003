"""Retention: for how long each class of records is stored, legal holds, and the disposal of what is over."""
