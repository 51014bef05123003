"""Steps of a partnership, determinations by statute, and corrections."""
