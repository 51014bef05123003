"""Edits that an agency asks for in a position: one on each line, each with its outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from selection.models import Position, PositionValue


def edits_of(position: Position) -> list[str]:
    """Return the edits of a position that clears with edits, one for each line that is not empty; none of any other."""
    if position.value != PositionValue.CLEAR_WITH_EDITS:
        return []
    return [line.strip() for line in position.text.split("\n") if line.strip()]


def described(outcomes: Iterable[Mapping[str, Any]]) -> str:
    """Return the outcomes of edits as text, one on each line."""
    return "\n".join(
        f"{'Accepted' if outcome['accepted'] else 'Rejected'}: “{outcome['edit']}”"
        + (f" {outcome['reason']}" if outcome["reason"] else "")
        for outcome in outcomes
    )


def rejected(outcomes: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the edits that the office rejected, which the memo prints with the reasons."""
    return [outcome for outcome in outcomes if not outcome["accepted"]]
