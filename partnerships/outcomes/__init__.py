"""Outcomes: published measures of partners before and after signature, beside countries that were never partners."""
