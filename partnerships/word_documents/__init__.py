"""Word documents made from the record, notification and annual report, and the templates that two people release."""
