"""Columns of a facts CSV, and lossless short forms of their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indicators.sources.base import BetterDirection, IndicatorSpec

COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("indicator", "string", "Code of the indicator."),
    ("country", "string", "Code of the country: ISO 3166 alpha-3, XKX for Kosovo, X- and a name where there is none."),
    ("period", "string", "Reference period."),
    ("series", "string", "Series within the indicator; empty for the main one."),
    ("value", "string", "Number or label; empty where there is none."),
    ("missing", "string", "Why there is no value."),
    ("error", "number", "Standard error."),
    ("low", "number", "Lower end of the interval."),
    ("high", "number", "Upper end of the interval."),
    ("quality", "string", "How firmly it is stated; empty means stated."),
    ("edition", "string", "Edition that states it; empty means that of the resource."),
    ("rank", "integer", "Order of that edition; empty means that of the resource."),
    ("locator", "string", "Place in the publisher's file."),
    ("raw", "string", "The publisher's text; empty means the same as value, a lone backslash means that it is empty."),
    ("note", "string", "Note of the reader."),
)
NAMES = tuple(name for name, _, _ in COLUMNS)
NO_TEXT = "\\"

DEFINITION = ("code", "name", "unit", "wording", "direction", "minimum", "maximum", "labels", "decimals", "publisher")
"""Parts of a file-defined indicator, as the package gives them."""


def indicator_spec(stated: Mapping[str, Any]) -> IndicatorSpec:
    parts = {name: stated[name] for name in DEFINITION if name in stated}
    parts["direction"] = BetterDirection(parts.get("direction", BetterDirection.NEITHER))
    parts["labels"] = tuple(parts.get("labels", ()))
    return IndicatorSpec(**parts)


def number_text(value: float | None) -> str:
    """Return the shortest text that parses to the same number.

    Whole numbers have no decimal point.
    """
    if value is None:
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def number(text: str) -> float | None:
    return float(text) if text else None


def raw_text(raw: str, value: str) -> str:
    """Return the publisher's text, or "" if it equals the value."""
    if raw == value:
        return ""
    return raw or NO_TEXT


def raw_of(cell: str, value: str) -> str:
    """Return the publisher's text from a cell written by `raw_text`."""
    if cell == NO_TEXT:
        return ""
    return cell or value


def schema(names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "fields": [
            {"name": name, "type": kind, "description": description}
            for name, kind, description in COLUMNS
            if name in names
        ],
        "missingValues": [""],
        "primaryKey": [n for n in ("indicator", "country", "period", "series") if n in names],
    }
