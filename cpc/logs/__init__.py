"""The log: who did what in which request, one line for each event, without secrets."""
