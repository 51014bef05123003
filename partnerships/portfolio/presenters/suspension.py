"""Why a partnership is suspended, and what leads to its reinstatement: 22 U.S.C. 7103a(d)(6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from partnerships.models import Determination
from partnerships.portfolio.overview import Overview
from partnerships.status.presenters import GroundLine, ground_lines
from partnerships.term_position import Phase


@dataclass(frozen=True, slots=True)
class Suspension:
    """The suspension in force of a partnership, ground by ground.

    `last_corrected` is the day on which the newest correction was closed, None without one. `is_barred` is true once no
    day is left for a reinstatement, `is_lapsed` once the term is over.
    """

    row: Determination
    grounds: Sequence[GroundLine]
    missing: Sequence[str]
    last_corrected: date | None
    term_ends_on: date | None
    is_barred: bool
    is_lapsed: bool

    @property
    def earliest(self) -> date | None:
        """Return the first day that a reinstatement may bear, or None while a ground is open."""
        return None if self.missing else self.last_corrected

    @property
    def unopened(self) -> bool:
        """Return True if a ground has no correction on record."""
        return any(line.correction is None for line in self.grounds)


def suspension(page: Overview, today: date) -> Suspension | None:
    """Return the suspension in force, or None if the partnership is not suspended by a determination."""
    row = page.suspension
    if row is None:
        return None
    term, grounds = page.position.term(today), ground_lines(row)
    closed = [line.correction.closed_on for line in grounds if line.correction and line.correction.closed_on]
    last = max(closed, default=None)
    return Suspension(
        row=row,
        grounds=grounds,
        missing=page.grounds_open,
        last_corrected=last,
        term_ends_on=term.ends_on,
        is_barred=bool(last and term.ends_on and last > term.ends_on),
        is_lapsed=term.phase is Phase.LAPSED,
    )
