"""Notes of agencies on a value or sentence, their adjudication, and attachments."""
