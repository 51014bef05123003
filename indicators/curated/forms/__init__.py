"""Forms of programs and plans."""
