"""Pages of the whole site: home, search, errors, statements, and the gallery of states."""
