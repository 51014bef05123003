"""Funds of the office: their days, and what was notified, obligated, and disbursed from them."""
