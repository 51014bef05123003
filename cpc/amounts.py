"""Parsing of amounts as people type them. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_AMOUNT: Final = re.compile(
    r"(?P<sign>-?)(?P<symbol>(?:USD|US\$|\$)?) ?(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<part>[0-9]+))?",
    re.IGNORECASE,
)

HOW_TO_WRITE: Final = "Use commas between thousands and a period before cents: 3,000,000 or 3,000,000.00."
HOW_TO_WRITE_NUMBER: Final = "Use digits, with a period before decimals: 3,000 or 3,000.5."


def read_amount(text: str, *, decimal_places: int = 2, takes_symbol: bool = True) -> Decimal | None:
    """Return the amount in a text, or None if the text has no single clear reading.

    Commas separate groups of three digits, and a period precedes at most `decimal_places` digits; zeros beyond
    them change nothing. `takes_symbol` allows a leading $, US$, or USD. `3.000.000` and `3,00` are not read:
    half the world means something else by them.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None or (match["symbol"] and not takes_symbol):
        return None
    part = match["part"] or ""
    decimals = part.rstrip("0")
    # If cents are the smallest unit, three digits after a period may be thousands: 3.000.
    if len(decimals) > decimal_places or (decimal_places < 3 and len(part) == 3):
        return None
    whole = match["whole"].replace(",", "")
    return Decimal(f"{match['sign']}{whole}.{decimals}" if decimals else f"{match['sign']}{whole}")
