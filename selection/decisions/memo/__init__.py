"""The action memo of a round: what it says (`content`), its pictures (`pictures`), the Word document (`document`)."""
