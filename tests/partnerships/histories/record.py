"""The record of one partnership as its base rows give it, without any code of the product.

A history writes through services, pages, REST, and SQL. Afterwards, this module reads what people entered, by plain
SQL, and derives from it by hand what the product derives: sums, states, days, and what may be obligated.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

ZERO = Decimal(0)
SIGNS = {
    "award": ("awarded", 1),
    "reduction": ("awarded", -1),
    "obligation": ("obligated", 1),
    "adjustment": ("obligated", 1),
    "deobligation": ("obligated", -1),
    "disbursement": ("disbursed", 1),
    "refund": ("disbursed", -1),
}
WAITING_DAYS = timedelta(days=15)
POLICY_MONTHS, POLICY_FUNDING = 60, Decimal(5_000_000)


@dataclass(frozen=True)
class Row:
    """One base row, by its columns."""

    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


def rows(query: str, *arguments: int) -> tuple[Row, ...]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        names = [column.name for column in cursor.description or ()]
        return tuple(Row(dict(zip(names, values, strict=True))) for values in cursor.fetchall())


@dataclass(frozen=True)
class Record:
    """Everything entered about one partnership, and what the product derived (`stored`)."""

    stored: Row
    steps: tuple[Row, ...]
    awards: tuple[Row, ...]
    ledger: tuple[Row, ...]
    notifications: tuple[Row, ...]
    exemptions: tuple[Row, ...]
    exceptions: tuple[Row, ...]
    programs: tuple[Row, ...]
    amounts: tuple[Row, ...]
    amendments: tuple[Row, ...]
    changes: tuple[Row, ...]
    promised: Mapping[str, int] = field(default_factory=dict)
    """The number of rows of each table that plans or promises."""

    # ---- status ----------------------------------------------------------------------------------------------------

    @property
    def status(self) -> str:
        """Return the status after the last step."""
        return self.steps[-1].to_status if self.steps else "selected"

    @property
    def signed_on(self) -> date | None:
        """Return the day of the signature."""
        return next((step.effective_on for step in self.steps if step.transition == "sign"), None)

    @property
    def ended_on(self) -> date | None:
        """Return the day on which the term in fact ended, by completion or termination."""
        days = [step.effective_on for step in self.steps if step.transition in ("complete", "terminate")]
        return days[-1] if days else None

    @property
    def is_closed(self) -> bool:
        """Return whether the partnership is closed now."""
        return bool(self.status == "closed")

    @property
    def last_day(self) -> date:
        """Return the day on which the term ended, or else its last day as agreed."""
        return self.ended_on or self.stored.ends_on

    @property
    def counted_months(self) -> int:
        """Return the months from the day from which the term counts to its last day."""
        return months_to_cover(self.first_day or self.stored.starts_on, self.last_day)

    @property
    def first_day(self) -> date | None:
        """Return the day from which the term counts: entry into force or the first day, whichever is earlier."""
        return min((day for day in (self.stored.starts_on, self.signed_on) if day is not None), default=None)

    # ---- limits ----------------------------------------------------------------------------------------------------

    @property
    def granted(self) -> tuple[Row, ...]:
        """Return the granted exceptions, expired ones too."""
        return tuple(row for row in self.exceptions if row.granted_by_id is not None)

    @property
    def most_months(self) -> int:
        """Return the longest term that was ever permitted."""
        return max([POLICY_MONTHS, *(int(row.term_months) for row in self.granted if row.term_months)])

    @property
    def most_funding(self) -> Decimal:
        """Return the largest funding that was ever permitted."""
        return max([POLICY_FUNDING, *(Decimal(row.funding) for row in self.granted if row.funding)])

    # ---- money -----------------------------------------------------------------------------------------------------

    @property
    def planned(self) -> Decimal:
        """Return the newest amounts of the United States for the programs in effect."""
        newest = {row.program_id: row.amount for row in self.amounts if row.government == "us"}
        return sum((newest.get(row.id, ZERO) for row in self.programs if not row.withdrawn), ZERO)

    @property
    def notified(self) -> Decimal:
        """Return the notifications that no other replaces."""
        replaced = {row.replaces_id for row in self.notifications}
        return sum((row.amount for row in self.notifications if row.id not in replaced), ZERO)

    def total(self, name: str, award: int | None = None, on: date | None = None) -> Decimal:
        """Return a total of the ledger, of one award or all, at the end of a day or of all days."""
        return total(self.ledger, name, award, on)

    def may_obligate(self, on: date, notifications: Sequence[Row] | None = None) -> Decimal:
        """Return what Congress was told in time on a day, and what is exempt."""
        told = self.notifications if notifications is None else notifications
        replaced = {row.replaces_id for row in told}
        heads = [row for row in told if row.id not in replaced]
        by_key = {row.id: row for row in told}
        exempt = sum((row.amount for row in self.exemptions if row.from_on <= on), ZERO)
        return exempt + sum((_counts(row, on, by_key) for row in heads), ZERO)


def _counts(row: Row, on: date, by_key: Mapping[int, Row]) -> Decimal:
    """Return what one notification counts on a day.

    While it waits, it counts at most what the one that it replaces did.
    """
    before = _counts(by_key[row.replaces_id], on, by_key) if row.replaces_id else ZERO
    if row.sent_on + WAITING_DAYS <= on:
        return Decimal(row.amount)
    return min(before, Decimal(row.amount)) if row.sent_on <= on else before


def total(ledger: Iterable[Row], name: str, award: int | None = None, on: date | None = None) -> Decimal:
    """Return a signed sum of ledger entries."""
    found = ZERO
    for entry in ledger:
        counted_in, sign = SIGNS[entry.kind]
        if counted_in == name and award in (None, entry.award_id) and (on is None or entry.on <= on):
            found += sign * entry.amount
    return found


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def whole_months(first: date, last: date) -> int:
    """Return the whole months from one day to another, 0 if the second comes first."""
    count = 0
    while months_later(first, count + 1) <= last:
        count += 1
    return count


def months_to_cover(first: date, last: date) -> int:
    """Return the months that a term needs to reach its last day."""
    count = 0
    while months_later(first, count) < last:
        count += 1
    return count


PROMISES = (
    "contribution",
    "congressionalnotification",
    "notificationexemption",
    "limitexception",
    "reportingperiod",
    "dialogue",
    "award",
)
"""Tables whose rows plan or promise something, and have a column of their partnership."""


def read(partnership: int) -> Record:
    """Read the record of one partnership."""
    own = "SELECT * FROM partnerships_{} WHERE partnership_id = %s ORDER BY id"
    (stored,) = rows("SELECT * FROM partnerships_partnership WHERE id = %s", partnership)
    return Record(
        stored=stored,
        steps=rows(own.format("statuschange"), partnership),
        awards=rows(own.format("award"), partnership),
        ledger=rows(
            "SELECT l.* FROM partnerships_ledgerentry l JOIN partnerships_award a ON a.id = l.award_id "
            "WHERE a.partnership_id = %s ORDER BY l.id",
            partnership,
        ),
        notifications=rows(own.format("congressionalnotification"), partnership),
        exemptions=rows(own.format("notificationexemption"), partnership),
        exceptions=rows(
            "SELECT e.*, g.granted_by_id, f.refused_by_id FROM partnerships_limitexception e "
            "LEFT JOIN partnerships_limitexceptiongrant g ON g.exception_id = e.id "
            "LEFT JOIN partnerships_limitexceptionrefusal f ON f.exception_id = e.id "
            "WHERE e.partnership_id = %s ORDER BY e.id",
            partnership,
        ),
        programs=rows(own.format("program"), partnership),
        amounts=rows(
            "SELECT a.* FROM partnerships_programamount a JOIN partnerships_program p ON p.id = a.program_id "
            "WHERE p.partnership_id = %s ORDER BY a.id",
            partnership,
        ),
        amendments=rows(own.format("amendment"), partnership),
        changes=rows(
            "SELECT c.* FROM partnerships_amendmentchange c JOIN partnerships_amendment a ON a.id = c.amendment_id "
            "WHERE a.partnership_id = %s ORDER BY c.id",
            partnership,
        ),
        promised={
            table: rows(f"SELECT count(*) AS n FROM partnerships_{table} WHERE partnership_id = %s", partnership)[0].n
            for table in PROMISES
        },
    )
