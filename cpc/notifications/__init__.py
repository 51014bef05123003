"""Notifications: an inbox for each account, and at most one email per day that lists new notifications."""
