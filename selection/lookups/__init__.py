"""Small reads and locks that several rooms share."""
