"""Data about partnerships as they are shown outside: see `partnerships.withheld`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from partnerships.withheld import Outside


def masked(value: Any, outside: Outside, key: int) -> Any:
    """Return data about a partnership with what prints instead of each withheld name and location."""
    if outside.sees_all:
        return value
    if isinstance(value, str):
        return outside.text(key, value)
    if isinstance(value, Mapping):
        return {name: masked(item, outside, key) for name, item in _unidentified(value, outside, key).items()}
    if isinstance(value, list | tuple):
        return [masked(item, outside, key) for item in value]
    return value


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text in data, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)


IDENTIFIERS = ("uei", "fain")
"""Fields that identify the recipient beside them, and are null if its name is withheld."""


def _unidentified(row: Mapping[str, Any], outside: Outside, key: int) -> Mapping[str, Any]:
    hidden = [name for name in IDENTIFIERS if row.get(name)]
    if not hidden or not outside.is_withheld(key, str(row.get("recipient", ""))):
        return row
    missing = {**row["missing"], **dict.fromkeys(hidden, "withheld")}
    return {**row, **dict.fromkeys(hidden), "missing": missing}
