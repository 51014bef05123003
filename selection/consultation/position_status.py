"""Pure functions for the status of an agency's position, and for changes of the evidence.

No response is never a clearance (2 FAM 1210: the action office may proceed without a delaying office, and must record
it). No response is therefore a status of its own, computed from the date, and never a value that an agency gave.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

REMIND_BEFORE = (7, 2, 0)
"""Days before the due date on which an agency that has not answered is reminded."""


class PositionStatus(enum.StrEnum):
    """Status of one agency on one candidate.

    The agency gave the first six; the others describe a missing answer.
    """

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
        return self in ANSWERS

    @property
    def is_settled(self) -> bool:
        """Return True if no answer is outstanding: answered, proceeded without, or for information only."""
        return self.is_answer or self in (PositionStatus.PROCEEDED, PositionStatus.INFORMED)


ANSWERS = frozenset(
    {
        PositionStatus.CLEAR,
        PositionStatus.CLEAR_WITH_EDITS,
        PositionStatus.CLEAR_WITH_COMMENTS,
        PositionStatus.DOES_NOT_CLEAR,
        PositionStatus.NO_EQUITIES,
    }
)


def position_status(
    *, owes: bool, due_on: dt.date | None, value: str, extension_open: bool, proceeded: bool, today: dt.date
) -> PositionStatus:
    """Return the status of an agency from its newest position (`value`, "" for none) and the date.

    `owes` is False if the agency is only informed; `extension_open` is True while its extension request has no answer.
    """
    if value and PositionStatus(value).is_answer:
        return PositionStatus(value)
    if proceeded:
        return PositionStatus.PROCEEDED
    if not owes or due_on is None:
        return PositionStatus.INFORMED
    if extension_open:
        return PositionStatus.EXTENSION
    return PositionStatus.NO_RESPONSE if today > due_on else PositionStatus.WAITING


def reminder_due(*, due_on: dt.date, known_since: dt.date, today: dt.date) -> int | None:
    """Return the reminder due by today: 7, 2, or 0 days before the due date, -1 if overdue, or None.

    If the clock missed a day, the next day makes up for it. A reminder is left out if its day had passed when the
    agency learned of the due date (`known_since`), because the request itself just named the date.
    """
    if today > due_on:
        return -1
    reached = [days for days in REMIND_BEFORE if due_on - dt.timedelta(days=days) <= today]
    if not reached:
        return None
    nearest = min(reached)
    return nearest if due_on - dt.timedelta(days=nearest) > known_since else None


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One criterion whose cell differs between two versions of the evidence, as text."""

    key: str
    label: str
    before: str
    after: str
    is_rating: bool

    @property
    def description(self) -> str:
        """Describe the change for a reviewer, without the values of the office's ratings."""
        if self.is_rating:
            return f"{self.label}: the office's rating changed"
        return f"{self.label} changed from {self.before} to {self.after}"


def changed_since(versions: Iterable[Iterable[Mapping[str, Any]]]) -> list[AnswerChange]:
    """Return the net changes over several versions, given by their `changes`, oldest first.

    A criterion that changed back to its first value is left out.
    """
    changes = [change for version in versions for change in version]
    first = {change["key"]: change["before"] for change in reversed(changes)}
    last = {change["key"]: change for change in changes}
    return [
        AnswerChange(
            key, change["label"], before, after, any(str(text).startswith("rated ") for text in (before, after))
        )
        for key, change in last.items()
        for before, after in [(first[key], change["after"])]
        if before != after
    ]
