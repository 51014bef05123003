"""Names and marks in the sentences of a memo. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cpc.web import formats
from selection.consultation.position_status import PositionStatus

CLASSIFICATION = "UNCLASSIFIED"
DEMONSTRATION = (
    "Demonstration. Not a document of the U.S. Government. Ratings, positions, notes, reviews of restrictions, and "
    "amounts asked for are samples."
)
TO = "The Approver of the Selection"
SENDER = "Office to Monitor and Combat Trafficking in Persons (TIP Office)"
NONE = "None."

SILENT = (PositionStatus.WAITING, PositionStatus.NO_RESPONSE, PositionStatus.PROCEEDED, PositionStatus.EXTENSION)
"""Statuses of a missing answer, which never counts as clear."""

CODES: Mapping[PositionStatus, tuple[str, str]] = {
    PositionStatus.CLEAR: ("C", "clear"),
    PositionStatus.CLEAR_WITH_COMMENTS: ("CC", "clear with comments"),
    PositionStatus.CLEAR_WITH_EDITS: ("CE", "clear with edits"),
    PositionStatus.NO_EQUITIES: ("NE", "no equities"),
    PositionStatus.DOES_NOT_CLEAR: ("X", "does not clear"),
    PositionStatus.INFORMED: ("I", "for information"),
    PositionStatus.EXTENSION: ("T", "asked for more time"),
    PositionStatus.WAITING: (formats.DASH, "no response"),
    PositionStatus.NO_RESPONSE: (formats.DASH, "no response"),
    PositionStatus.PROCEEDED: (formats.DASH, "no response"),
}
"""The mark of each status in the matrix of positions, with its meaning."""

_WITH_ARTICLE = frozenset(
    {
        *("Bahamas", "Central African Republic", "Comoros", "Czech Republic", "Democratic Republic of the Congo"),
        *("Dominican Republic", "Gambia", "Maldives", "Marshall Islands", "Netherlands", "Philippines"),
        *("Republic of the Congo", "Seychelles", "Solomon Islands", "United Arab Emirates", "United Kingdom"),
    }
)


def country_in_text(name: str) -> str:
    """Return a country as a sentence names it: "the Philippines"."""
    return f"the {name}" if name in _WITH_ARTICLE else name


def agency_in_text(name: str, short: str) -> str:
    """Return an agency as a sentence names it: "Labor" for the Department of Labor, else its short name."""
    main = name.partition(",")[0].removeprefix("Department of ")
    return main if name.startswith("Department of ") and " " not in main and main != "State" else short


def quoted(text: str) -> str:
    return f"“{' '.join(text.split())}”"


def sentence(text: str) -> str:
    """Return a text with its first letter as a capital, ending as a sentence."""
    flat = " ".join(text.split())
    ended = flat if flat.endswith((".", "!", "?", ".”", "?”", "!”")) else f"{flat}."
    return f"{ended[:1].upper()}{ended[1:]}" if flat else ""


def first_sentence(text: str) -> str:
    return sentence(" ".join(text.split()).partition(". ")[0])


def joined(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)


def line(lead: str, text: str = "", **values: Any) -> dict[str, Any]:
    """Return one line of a memo: its lead is set bold, and its text follows."""
    return {"lead": lead, "text": text, **values}


def money_and_term(amount: float | None, months: int | None) -> str:
    """Return what is proposed: "up to $4.0M over 48 months", or the part that is known."""
    parts = [f"up to {formats.money(amount)}"] if amount else []
    if months:
        parts.append(f"over {formats.count_of(months, 'month')}" if amount else formats.count_of(months, "month"))
    return " ".join(parts)
