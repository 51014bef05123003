"""Status of a note, derived from its adjudication and the agency's response by one pure function.

withdrawn or superseded ......................................... closed
no adjudication ................................................. open
critical and deferred ........................................... open: deferred is not answered
the agency disagrees with the adjudication ...................... escalated
the agency agrees, or the note is the office's own .............. closed
else ............................................................ adjudicated: the agency has not responded
"""

from __future__ import annotations

import enum


class DerivedStatus(enum.StrEnum):
    OPEN = "open"
    ADJUDICATED = "adjudicated"
    ESCALATED = "escalated"
    CLOSED = "closed"


def status_of(
    *, kind: str, outcome: str | None, concurs: bool | None, from_agency: bool, taken_back: bool
) -> DerivedStatus:
    """Return the status of a note.

    `outcome` is the outcome of the adjudication that counts now, or None. `concurs` is the agency's newest response to
    that adjudication, or None. `taken_back` is true once the note was withdrawn or superseded.
    """
    if taken_back:
        return DerivedStatus.CLOSED
    if outcome is None or (kind == "critical" and outcome == "deferred"):
        return DerivedStatus.OPEN
    if concurs is False:
        return DerivedStatus.ESCALATED
    return DerivedStatus.CLOSED if concurs or not from_agency else DerivedStatus.ADJUDICATED


def blocks(*, kind: str, status: str, visibility: str) -> bool:
    """Return whether a note prevents the decision: critical, open, and visible to the office."""
    return kind == "critical" and status == DerivedStatus.OPEN and visibility != "agency"
