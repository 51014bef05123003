"""Steps of a partnership, determinations, and corrections of their grounds."""
