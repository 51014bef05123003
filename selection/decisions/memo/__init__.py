"""Action memo of a round: its content, images, Word document, and issues."""
