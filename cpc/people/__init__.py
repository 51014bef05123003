"""People and agencies: invitations, roles, agencies represented, and the end of access."""
