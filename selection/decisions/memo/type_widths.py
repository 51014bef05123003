"""Lines that a text takes in print, from the widths of Times New Roman. Pure."""

from __future__ import annotations

import re
import unicodedata

_BY_WIDTH = {
    180: "'",
    200: "|",
    250: " ,.",
    278: "/:;\\ijlt",
    333: "!()-I[]`fr\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}·",
    389: "Js",
    408: '"',
    444: "?acez“”",
    469: "^",
    480: "{}",
    500: "#$*0123456789_bdghknopquvxy\N{EN DASH}§",
    541: "~",
    556: "FPS",
    564: "+<=>\N{MULTIPLICATION SIGN}",
    611: "ELTZ",
    667: "BCR",
    722: "ADGHKNOQUVXYw",
    778: "&m",
    833: "%",
    889: "M",
    921: "@",
    944: "W",
}
_WIDTHS = {character: width / 1000 for width, characters in _BY_WIDTH.items() for character in characters}
"""Width of each character as a part of the size of the type; a letter with an accent has that of the letter."""
WIDEST = 1.0
BOLD = 1.1
"""Most that bold type is wider."""
SAFETY = 0.99
"""Part of a line that counts, because readers space and round a little differently."""
_BREAKS = re.compile("\\s+|(?<=[-\N{EN DASH}\N{EM DASH}/])(?=\\w)")


def width_of(text: str) -> float:
    """Return the width of a text in times the size of its type."""
    return sum(_WIDTHS.get(unicodedata.normalize("NFD", character)[0], WIDEST) for character in text)


def lines_of(text: str, width: float, size: float = 11, *, lead: str = "") -> int:
    """Return how many lines a text takes in a column of `width` points in type of `size` points; 0 without a text.

    `lead` is bold and comes before the text.
    """
    room, lines, used = width * SAFETY / size, 0, 0.0
    parts = [(part, BOLD) for part in _BREAKS.split(lead) if part]
    parts += [(part, 1.0) for part in _BREAKS.split(text) if part]
    for part, weight in parts:
        wide = width_of(part) * weight
        joins = used and used + wide + _WIDTHS[" "] <= room
        if joins:
            used += _WIDTHS[" "] + wide
        else:
            full = int(wide // room)  # lines that a word takes for itself, if none has room for it
            lines, used = lines + 1 + full, wide - full * room
    return lines
