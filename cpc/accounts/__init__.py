"""Accounts: users, roles, permissions, invitations, and API tokens."""
