"""One adapter a publisher, from its file to readings."""
