"""How rankings are shown: words, rows, pictures and exports."""
