"""Amendments: changes of signed terms, drafted by one person, decided by another, applied as a whole."""
