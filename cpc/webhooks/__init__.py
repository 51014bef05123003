"""Webhooks: subscriptions of programs to the changes, signed and sent in order, and the log of what was sent."""
