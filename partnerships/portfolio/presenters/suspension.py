"""Why a partnership is suspended, and what leads to its reinstatement: 22 U.S.C. 7103a(d)(6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cpc.web import formats
from partnerships.models import Determination
from partnerships.portfolio.overview import Overview
from partnerships.status.presenters import GroundLine, ground_lines
from partnerships.term_position import Phase, TermPosition


@dataclass(frozen=True, slots=True)
class Suspension:
    """The suspension in force of a partnership, ground by ground.

    `earliest` is the first day that a reinstatement may bear, None while a ground is open. `is_barred` is true once no
    day is left for one.
    """

    row: Determination
    grounds: Sequence[GroundLine]
    missing: Sequence[str]
    earliest: date | None
    is_barred: bool
    when: str
    term: str

    @property
    def unopened(self) -> bool:
        """Return True if a ground has no correction on record."""
        return any(line.correction is None for line in self.grounds)


def suspension(page: Overview, today: date) -> Suspension | None:
    """Return the suspension in force, or None if the partnership is not suspended by a determination."""
    row = page.suspension
    if row is None:
        return None
    term = page.position.term(today)
    grounds = ground_lines(row)
    closed = [line.correction.closed_on for line in grounds if line.correction and line.correction.closed_on]
    last = max(closed, default=None)
    earliest = None if page.grounds_open else last
    return Suspension(
        row=row,
        grounds=grounds,
        missing=page.grounds_open,
        earliest=earliest,
        is_barred=bool(last and term.ends_on and last > term.ends_on),
        when=_when(row, last, is_open=bool(page.grounds_open)),
        term=_term(term, last),
    )


def _when(row: Determination, last: date | None, *, is_open: bool) -> str:
    if not is_open:
        return f"{formats.day(last)}, when the last ground was corrected."
    after = last or row.determined_on
    why = "when a ground was corrected" if last else "the day of the suspension"
    return f"The day on which the last open ground is corrected, and not before {formats.day(after)}, {why}."


def _term(term: TermPosition, last: date | None) -> str:
    """Return a sentence on the end of the term, after which no reinstatement can be dated."""
    end = formats.day(term.ends_on)
    if last and term.ends_on and last > term.ends_on:
        return (
            f"The term ended on {end}, before the last ground was corrected on {formats.day(last)}. "
            "A reinstatement is no longer possible; record the completion."
        )
    if term.phase is Phase.LAPSED:
        return (
            f"The term ended on {end}. A reinstatement can't be dated after that; without one, record the completion."
        )
    return f"The term keeps running and ends on {end}. A reinstatement can't be dated after that."
