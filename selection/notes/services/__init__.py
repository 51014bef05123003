"""Services of notes: writing, mentions, attachments, and adjudications."""
