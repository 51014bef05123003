"""Amendments: changes to signed terms, drafted and decided by two people.

The changes of an amendment are applied together or not at all.
"""
