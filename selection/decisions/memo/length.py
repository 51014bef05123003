"""Printed length of a memo, estimated from the widths of its type. Pure.

A Letter page with one-inch sides has 6.5 inches of text. Times New Roman of 11 points sets about 95 characters of prose
in it; columns and smaller type set fewer or more. The estimate is on the long side.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WHOLE = 96
"""Characters of body text in a line of the full width."""
BESIDE = 78
"""Characters of the text beside the name of a row."""
LINE_OF_VOTE = 66
"""Characters of a recommendation beside its three boxes."""
CELLS = (14, 21, 23, 8, 22, 30)
"""Characters in the columns of the table of countries that are not recommended, in small type."""
PAGE = 54
"""Lines of body text on a page."""
PAGES = 3
"""Pages of a memo before its tabs; a fourth is allowed with a reason if more than three countries are explained."""
MOST_EXPLAINED = 3


@dataclass(frozen=True, slots=True)
class MemoPart:
    """A part of the memo with its printed lines: "Ghana, History". `is_first` is true for those of page 1."""

    name: str
    lines: float
    is_first: bool = False


def lines_of(text: str, width: int) -> int:
    return max(1, len(textwrap.wrap(text, width))) if text else 0


def _text_of(row: Mapping[str, Any]) -> str:
    return f"{row['lead']} {row['text']}".strip()


def parts_of(content: Mapping[str, Any]) -> list[MemoPart]:
    """Return the parts of pages 1 to 3 with their lengths, in order."""
    parts = [MemoPart("Bottom line", 12 + lines_of(" ".join(content["bottom_line"]), WHOLE), is_first=True)]
    for row in content["recommendations"]:
        text = f"{row['number']}. {_text_of(row)}"
        parts.append(MemoPart(f"{row['country']}, recommendation", 1.3 * lines_of(text, LINE_OF_VOTE), is_first=True))
    parts.append(MemoPart("Signature", 5, is_first=True))
    for row in content["before_you_decide"]:
        name = f"Before you decide, {row['lead'].rstrip('.').lower()}"
        parts.append(MemoPart(name, lines_of(_text_of(row), WHOLE - 4) + 0.2, is_first=True))
    for country in content["countries"]:
        parts.append(MemoPart(f"{country['country']}, heading", 2))
        parts += [
            MemoPart(f"{country['country']}, {row['name']}", lines_of(_text_of(row), BESIDE) + 0.2)
            for row in country["rows"]
        ]
    parts += [_brief(row) for row in content["others"]]
    ending = sum(lines_of(text, 108) for text in content["resources"]) + math.ceil(len(content["clearances"]) / 2)
    parts.append(MemoPart("Resources, attachments, and cleared list", 9 + ending))
    return parts


def _brief(row: Mapping[str, Any]) -> MemoPart:
    found = [finding["brief"] for finding in row["findings"]]
    cells = [row["country"], *found, row["tier"], _text_of(row["agencies"]), row["why"]]
    longest = max(lines_of(text, width) for text, width in zip(cells, CELLS, strict=False))
    return MemoPart(f"{row['country']}, row", 0.9 * longest + 0.4)


def pages(content: Mapping[str, Any]) -> int:
    """Return the pages before the tabs."""
    return math.ceil(sum(part.lines for part in parts_of(content)) / PAGE)


def allowed(content: Mapping[str, Any]) -> int:
    explained = len(content["countries"])
    return PAGES + (explained > MOST_EXPLAINED and bool(content["longer_because"]))


def lines_over(content: Mapping[str, Any]) -> int:
    """Return how many lines are too many for the pages that are allowed; 0 if the memo fits."""
    if pages(content) <= allowed(content):
        return 0
    total = sum(part.lines for part in parts_of(content))
    return max(1, math.ceil(total - allowed(content) * PAGE))


def longest(content: Mapping[str, Any], most: int = 3) -> Sequence[MemoPart]:
    """Return the longest parts that somebody can shorten."""
    rows = [part for part in parts_of(content) if ", " in part.name and not part.name.startswith("Resources")]
    return sorted(rows, key=lambda part: -part.lines)[:most]
