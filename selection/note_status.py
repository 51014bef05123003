"""Where a note stands: one function of what was said of it. Pure.

taken back, or another note in its place ........................ closed
no adjudication ................................................. open
critical and deferred ........................................... open: put off is not answered
the agency does not agree with the adjudication ................. escalated
the agency agrees, or the note is the office's own .............. closed
else ............................................................ adjudicated: the agency has not said
"""

from __future__ import annotations

import enum


class Status(enum.StrEnum):
    """Where a note stands."""

    OPEN = "open"
    ADJUDICATED = "adjudicated"
    ESCALATED = "escalated"
    CLOSED = "closed"


def status_of(*, kind: str, outcome: str | None, concurs: bool | None, from_agency: bool, taken_back: bool) -> Status:
    """The status of a note.

    `outcome` is that of the adjudication that counts now, None without one; `concurs` the newest answer of the
    agency to that adjudication, None without one. `taken_back` holds once it was withdrawn or superseded.
    """
    if taken_back:
        return Status.CLOSED
    if outcome is None or (kind == "critical" and outcome == "deferred"):
        return Status.OPEN
    if concurs is False:
        return Status.ESCALATED
    return Status.CLOSED if concurs or not from_agency else Status.ADJUDICATED


def blocks(*, kind: str, status: str, visibility: str) -> bool:
    """Whether a note keeps the round from being decided: critical, open, and before the office."""
    return kind == "critical" and status == Status.OPEN and visibility != "agency"


def disclosed(*, kind: str, outcome: str | None, status: str) -> bool:
    """Whether the memo tells of a note: critical and rejected, or the agency does not agree with the answer."""
    return status == Status.ESCALATED or (kind == "critical" and outcome == "rejected")
