"""Documents with their versions, the text of the instrument, and public statements."""
