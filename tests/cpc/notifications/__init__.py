"""Tests of notifications, the inbox, and the daily digest."""
