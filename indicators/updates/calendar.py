"""Calendar of editions: what each source publishes next, when that is due by its rule, and where it appears."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from cpc import base_url
from cpc.web import formats
from indicators.models import Source, UnpublishedEdition
from indicators.observations.catalog import newest_editions
from indicators.observations.coverage import LoadedEdition
from indicators.observations.published import dating_of
from indicators.sources.dating import Dating, next_edition_due

SOON: Final = 90
"""Days ahead of which a due day is given in days."""
MONTHS: Final = 12


class DueState(enum.StrEnum):
    LATE = "late"
    UNPUBLISHED = "unpublished"
    """Late by the rule, and a person recorded that it is not published."""
    NEXT = "next"
    UNDATED = "undated"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Due:
    """Next edition of one source.

    `on` is the day from which it is due by the rule of the source, of which only the month is known unless
    `is_to_the_day`. `looked_on` is the day on which a person looked last and found it not published.
    """

    source: Source
    state: DueState
    on: dt.date | None = None
    is_to_the_day: bool = False
    loaded: str = ""
    edition: str = ""
    looked_on: dt.date | None = None
    looked_at: str = ""
    today: dt.date = dt.date.min

    @property
    def title(self) -> str:
        return f"{self.source.title} {self.edition}".strip()

    @property
    def host(self) -> str:
        """Return the name of the publisher's site; "" if none is on record."""
        return (urlsplit(self.source.homepage).hostname or "").removeprefix("www.")

    @property
    def months_late(self) -> int:
        """Return for how many whole months it is due."""
        if self.on is None:
            return 0
        months = (self.today.year - self.on.year) * MONTHS + self.today.month - self.on.month
        return months - (self.is_to_the_day and self.today.day < self.on.day and not _ends_month(self.today))

    @property
    def days_ahead(self) -> int:
        return 0 if self.on is None else (self.on - self.today).days


def _ends_month(day: dt.date) -> bool:
    return (day + dt.timedelta(days=1)).day == 1


def editions_due(today: dt.date) -> list[Due]:
    """Return the next edition of every source that publishes editions: late ones first, then by day.

    A source of which nothing is loaded has the next day that its rule gives, if the rule gives one for every year.
    """
    loaded = newest_editions(today)
    statements = {
        (row.source_id, row.edition): row for row in UnpublishedEdition.objects.live().order_by("as_of", "pk")
    }
    rows = [
        _due(source, loaded[source.key][0] if source.key in loaded else None, statements, today)
        for source in Source.objects.all()
        if source.homepage
    ]
    order = list(DueState)
    return sorted(rows, key=lambda row: (order.index(row.state), row.on or dt.date.max, row.source.title))


def _due(
    source: Source,
    newest: LoadedEdition | None,
    statements: dict[tuple[int, str], UnpublishedEdition],
    today: dt.date,
) -> Due:
    label = newest.label if newest is not None else ""
    if source.cadence_months is None:
        return Due(source, DueState.ENDED, loaded=label, today=today)
    rule = dating_of(source.key)
    if newest is None:
        on = _next_day(rule, today) if source.cadence_months == MONTHS and not rule.is_revised else None
        state = DueState.UNDATED if on is None else DueState.NEXT
        return Due(source, state, on, is_to_the_day=on is not None, today=today)
    by_rule = rule.next_edition_day(newest.label, newest.rank, source.cadence_months)
    if by_rule is None and not newest.rank // 100 % 100:
        return Due(source, DueState.UNDATED, loaded=label, today=today)
    on = by_rule or next_edition_due(rule, newest.label, newest.rank, source.cadence_months, 0)
    edition = _next_label(newest, source.cadence_months)
    found = statements.get((source.pk, edition))
    state = DueState.NEXT if on > today else DueState.LATE if found is None else DueState.UNPUBLISHED
    return Due(
        source,
        state,
        on,
        is_to_the_day=by_rule is not None,
        loaded=label,
        edition=edition,
        looked_on=found.as_of if found else None,
        looked_at=found.evidence if found else "",
        today=today,
    )


def _next_day(rule: Dating, today: dt.date) -> dt.date | None:
    """Return the next day on which the rule of a yearly source expects an edition; None without such a rule."""
    if rule.edition_years_after is None:
        return None
    days = (dt.date(year, rule.month, rule.day) for year in (today.year, today.year + 1))
    return next(day for day in days if day >= today)


def _next_label(newest: LoadedEdition, cadence: int) -> str:
    """Return the year of the edition that follows, as the publisher numbers it: "2026", "FY2028"."""
    prefix = "FY" if newest.label.startswith("FY") else ""
    digits = newest.label.removeprefix("FY")[:4]
    return f"{prefix}{int(digits) + -(-cadence // MONTHS)}" if digits.isdecimal() else ""


def state_text(row: Due) -> str:
    """Return the state as text: "5 months late", "Tomorrow", "In 32 days", "In January 2027"."""
    if row.state is DueState.UNPUBLISHED:
        return f"Said not to be out ({formats.day(row.looked_on)})"
    if row.state is DueState.LATE:
        months = row.months_late
        return f"{formats.count_of(months, 'month')} late" if months else "Due now"
    if row.state is DueState.ENDED:
        return "No more editions"
    if row.on is None:
        return "No date announced"
    if not row.is_to_the_day:
        return f"In {row.on:%B %Y}"
    if row.days_ahead < SOON:
        return {0: "Today", 1: "Tomorrow"}.get(row.days_ahead) or f"In {formats.count_of(row.days_ahead, 'day')}"
    return f"In {row.on:%B %Y}"


def due_text(row: Due) -> str:
    if row.state is DueState.ENDED:
        return "Ended"
    if row.on is None:
        return "No date announced"
    return formats.day(row.on) if row.is_to_the_day else f"{row.on:%B %Y}"


# ---- the calendar file ---------------------------------------------------------------------------------------------

_FOLD: Final = 73
"""Bytes of a line of a calendar file, below the 75 that RFC 5545 allows."""


def calendar_file(rows: Iterable[Due], stamp: dt.datetime) -> str:
    """Return a calendar with an event of one day for each future edition (RFC 5545)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//CPC Partnerships//Editions//EN", "CALSCALE:GREGORIAN"]
    for row in rows:
        if row.state is not DueState.NEXT or row.on is None:
            continue
        lines += _event(row, row.on, stamp)
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def _event(row: Due, on: dt.date, stamp: dt.datetime) -> Sequence[str]:
    day = "on this day" if row.is_to_the_day else "in this month"
    about = f"Due {day} by the rule of the source: {dating_of(row.source.key).rule_text or 'one edition a year'}"
    return [
        "BEGIN:VEVENT",
        f"UID:{row.source.key}-{row.edition or on.isoformat()}@{base_url.host() or 'cpc'}",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{on + dt.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(f'{row.title}, {row.source.publisher}')}",
        f"DESCRIPTION:{_escaped(about)}",
        f"URL:{row.source.homepage}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Return a line in parts of at most `_FOLD` bytes; each further one begins with a space."""
    parts, part = [], ""
    for letter in line:
        if len((part + letter).encode()) > _FOLD:
            parts.append(part)
            part = " "
        part += letter
    return [*parts, part]
