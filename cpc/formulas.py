"""Text that a spreadsheet program would run as a formula, and the same text made harmless. Pure."""

from __future__ import annotations

import re

FULL_WIDTH = ("\uff1d", "\uff0b", "\uff0d", "\uff20")  # = + - @ as East Asian keyboards write them
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", *FULL_WIDTH)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def harmless(text: str) -> str:
    """Return a text that no spreadsheet program treats as a formula; control characters become U+FFFD."""
    text = CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
