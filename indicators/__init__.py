"""What is known about countries, each value with its publisher, edition and cell."""
