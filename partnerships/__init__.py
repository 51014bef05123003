"""Partnerships: terms, money, awards, monitoring, dialogues, and status."""
