"""Awards: description, ledger, sub-awards, recipients' reports, and close-out."""
