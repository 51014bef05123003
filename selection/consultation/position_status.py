"""Where an agency stands on a candidate, and what changed since it spoke. Pure.

Silence is no clearance (2 FAM 1210: the action office may go on without a delaying office, and says so): that nobody
has answered is a value of its own, computed from the day, and never one that an agency gave.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

REMIND_BEFORE = (7, 2, 0)
"""Days before the due date on which an agency that has not answered is reminded."""


class Standing(enum.StrEnum):
    """Where one agency stands on one candidate. The first six are what it said, the others that it said nothing."""

    CLEAR = "clear"
    CLEAR_WITH_EDITS = "clear_with_edits"
    CLEAR_WITH_COMMENTS = "clear_with_comments"
    DOES_NOT_CLEAR = "does_not_clear"
    NO_EQUITIES = "no_equities"
    EXTENSION = "extension"
    WAITING = "waiting"
    NO_RESPONSE = "no_response"
    PROCEEDED = "proceeded"
    INFORMED = "informed"

    @property
    def is_answer(self) -> bool:
        """Whether the agency has answered. A wish for more time is none."""
        return self in ANSWERS

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is waited for: an answer, a decision to go on without one, or none was asked for."""
        return self.is_answer or self in (Standing.PROCEEDED, Standing.INFORMED)

    @property
    def is_clearance(self) -> bool:
        """Whether it counts as clear. No response never does."""
        return self in (Standing.CLEAR, Standing.CLEAR_WITH_EDITS, Standing.CLEAR_WITH_COMMENTS)


ANSWERS = frozenset(
    {
        Standing.CLEAR,
        Standing.CLEAR_WITH_EDITS,
        Standing.CLEAR_WITH_COMMENTS,
        Standing.DOES_NOT_CLEAR,
        Standing.NO_EQUITIES,
    }
)


def standing(
    *, owes: bool, due_on: dt.date | None, value: str, extension_open: bool, proceeded: bool, today: dt.date
) -> Standing:
    """Where an agency stands, from its newest position (`value`, "" for none) and the day.

    `owes` is False where it is only informed, `extension_open` True while its wish for more time has no answer.
    """
    if value and Standing(value).is_answer:
        return Standing(value)
    if proceeded:
        return Standing.PROCEEDED
    if not owes or due_on is None:
        return Standing.INFORMED
    if extension_open:
        return Standing.EXTENSION
    return Standing.NO_RESPONSE if today > due_on else Standing.WAITING


def reminder_due(*, due_on: dt.date, known_since: dt.date, today: dt.date) -> int | None:
    """Which reminder is to be out by today: days before the due date (7, 2 or 0), -1 once it is overdue, or None.

    A day of the clock that was missed is made up for by the next one. A reminder whose day had passed when the agency
    learned of the due date (`known_since`) is left out: the request itself has just said it.
    """
    if today > due_on:
        return -1
    reached = [days for days in REMIND_BEFORE if due_on - dt.timedelta(days=days) <= today]
    if not reached:
        return None
    nearest = min(reached)
    return nearest if due_on - dt.timedelta(days=nearest) > known_since else None


@dataclass(frozen=True, slots=True)
class Change:
    """One criterion whose cell differs between two versions of the evidence, in words."""

    key: str
    label: str
    before: str
    after: str
    is_rating: bool

    @property
    def words(self) -> str:
        """The change as a reviewer reads it; what the office rates is not said."""
        if self.is_rating:
            return f"{self.label}: the rating by the office changed"
        return f"{self.label}: {self.before} became {self.after}"


def changed_since(versions: Iterable[Iterable[Mapping[str, Any]]]) -> list[Change]:
    """What differs over several versions, given by their `changes`, oldest first; what changed back is left out."""
    first: dict[str, Mapping[str, Any]] = {}
    last: dict[str, Mapping[str, Any]] = {}
    for changes in versions:
        for change in changes:
            first.setdefault(change["key"], change)
            last[change["key"]] = change
    return [
        Change(key, last[key]["label"], first[key]["before"], last[key]["after"], _rates(first[key], last[key]))
        for key in first
        if first[key]["before"] != last[key]["after"]
    ]


def _rates(first: Mapping[str, Any], last: Mapping[str, Any]) -> bool:
    return any(str(words).startswith("rated ") for words in (first["before"], last["after"]))
