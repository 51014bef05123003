"""Presentation of restrictions: a country's checklist, a round's overview, and their export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import formats, markup
from cpc.web.badges import Badge
from cpc.web.lists import ListPage, declare
from cpc.web.tables import Column, Table
from cpc.web.templatetags.web import when
from selection.models import Candidate
from selection.restrictions.checklist import Bar, Restriction, RestrictionStatus, Scope, State
from selection.restrictions.queries import ReviewedCountry
from selection.runs.verdicts import Fact

SOON = dt.timedelta(days=30)
LISTED = 3
"""The most restrictions that a cell lists without folding them."""

STATE_LABELS: Mapping[State, tuple[str, str]] = {
    State.NOT_REVIEWED: ("unknown", "Not reviewed"),
    State.EXPIRED: ("warn", "Expired: counts as not reviewed"),
}
"""Badge and label of a restriction without a review in force.

With one, the review gives its own label.
"""

APPLIES: Mapping[str, str] = {
    "government": "the government",
    "country": "the country",
    "entity": "a recipient",
    "unit": "a unit that receives training",
    "person": "a person",
}


def mark(status: RestrictionStatus) -> Badge:
    if status.state in STATE_LABELS:
        return Badge(*STATE_LABELS[status.state])
    assert status.review is not None
    kind = "good" if status.state is State.PASSES else "bad" if status.restriction.bar is not Bar.SIGNAL else "warn"
    return Badge(kind, status.review.get_status_display())


def stops(restriction: Restriction) -> str:
    if restriction.is_required_for(Scope.COUNTRY):
        return "Selection, signature and each obligation"
    return "Each obligation" if restriction.is_required_for(Scope.OBLIGATION) else "None: for information only"


def line(status: RestrictionStatus, reviewed: ReviewedCountry) -> dict[str, Any]:
    rows = reviewed.reviews.get(status.restriction.code, ())
    counted = status.review
    return {
        "restriction": status.restriction,
        "name": status.name,
        "applies": APPLIES.get(status.restriction.applies_to, status.restriction.applies_to),
        "mark": mark(status),
        "stops": stops(status.restriction),
        "holds": status.restriction.is_required_for(Scope.OBLIGATION) and status.state is not State.PASSES,
        "review": counted,
        "ends_soon": counted is not None
        and status.state is not State.EXPIRED
        and _soon(counted.expires_on, reviewed.on),
        "earlier": [row for row in rows if row is not counted],
    }


def known_results(reviewed: ReviewedCountry) -> dict[str, str]:
    """Return what is on record today about each restriction, by code."""
    known = {}
    for status in reviewed.statuses:
        until = f", until {formats.day(status.review.expires_on)}" if status.review else ""
        known[status.restriction.code] = f"Now: {mark(status).text.lower()}{until}"
    return known


def _soon(end: dt.date, on: dt.date) -> bool:
    return on <= end <= on + SOON


def lines(reviewed: ReviewedCountry) -> list[dict[str, Any]]:
    return [line(status, reviewed) for status in reviewed.statuses]


def facts(reviewed: ReviewedCountry) -> list[Fact]:
    gating = [status for status in reviewed.statuses if status.restriction.is_required_for(Scope.COUNTRY)]
    passes = reviewed.by_state(State.PASSES)
    return [
        Fact("Do not bar", f"{len(passes)} of {len(gating)}", "that apply to selection and signature"),
        Fact("Bar", str(len(reviewed.by_state(State.BARS)))),
        Fact("Expired", str(len(reviewed.by_state(State.EXPIRED))), "count as not reviewed"),
        Fact("Not reviewed", str(len(reviewed.by_state(State.NOT_REVIEWED)))),
        Fact("Next to expire", formats.day(reviewed.next_end)),
    ]


# ---- overview of a round -------------------------------------------------------------------------------------------

Row = tuple[Candidate, ReviewedCountry]


def fits(row: Row, show: str) -> bool:
    _, reviewed = row
    if show == "held":
        return bool(reviewed.findings)
    if show == "ends":
        return reviewed.next_end is not None and _soon(reviewed.next_end, reviewed.on)
    return True


def _of_obligation(reviewed: ReviewedCountry) -> int:
    """Count the restrictions on obligations alone that do not pass."""
    return sum(
        status.state is not State.PASSES
        for status in reviewed.statuses
        if status.restriction.is_required_for(Scope.OBLIGATION)
        and not status.restriction.is_required_for(Scope.COUNTRY)
    )


def round_facts(rows: Sequence[Row]) -> list[Fact]:
    held = sum(bool(reviewed.findings) for _, reviewed in rows)
    barred = sum(bool(reviewed.by_state(State.BARS)) for _, reviewed in rows)
    expired = sum(bool(reviewed.by_state(State.EXPIRED)) for _, reviewed in rows)
    return [
        Fact("Can be selected", f"{len(rows) - held} of {len(rows)}", "considering restrictions only"),
        Fact("Barred", str(barred), "by at least one restriction"),
        Fact("With an expired review", str(expired)),
        Fact("Expire within 30 days", str(sum(fits(row, "ends") for row in rows)), "candidates with such a review"),
    ]


Flat = tuple[Candidate, RestrictionStatus]


def flat(rows: Sequence[Row]) -> list[Flat]:
    return [(candidate, status) for candidate, reviewed in rows for status in reviewed.statuses]


def _review_value(line: Flat, name: str) -> Any:
    return getattr(line[1].review, name) if line[1].review is not None else None


FILE: tuple[Column[Flat], ...] = (
    Column("Country", lambda line: line[0].country.name, width=28),
    Column("Code", lambda line: line[0].country.code, width=8),
    Column("Restriction", lambda line: line[1].name, width=36),
    Column("Citation", lambda line: line[1].restriction.citation, width=28),
    Column("Waits for it", lambda line: stops(line[1].restriction), width=36),
    Column("Where it stands", lambda line: mark(line[1]).text, width=30),
    Column("Basis", lambda line: _review_value(line, "basis"), width=50),
    Column("Office that reviewed", lambda line: _review_value(line, "reviewer"), width=12),
    Column("Reviewed on", lambda line: _review_value(line, "reviewed_on"), width=14),
    Column("In force until", lambda line: _review_value(line, "expires_on"), width=14),
)


HELD, FREE = Badge("warn", "Held up"), Badge("good", "Not barred")


def _bars(row: Row) -> str:
    return "; ".join(f"{status.name}: {mark(status).text.lower()}" for status in row[1].by_state(State.BARS))


def _not_reviewed(row: Row) -> str:
    names = _names(row, State.NOT_REVIEWED)
    if len(names) <= LISTED:
        return "; ".join(names)
    return format_html("<details><summary>{} restrictions</summary>{}</details>", len(names), "; ".join(names))


def _names(row: Row, state: State) -> list[str]:
    return [status.name for status in row[1].by_state(state)]


def _next_to_expire(row: Row) -> SafeString | None:
    end = row[1].next_end
    if end is None:
        return None
    soon = markup.badge(Badge("warn", "Within 30 days")) if _soon(end, row[1].on) else ""
    return markup.lines(when(end), soon)


RESTRICTIONS = declare(
    ListPage(
        "restrictions",
        "Restrictions of a round",
        "candidate",
        "candidates",
        "round-restrictions",
        filters=("q", "show"),
    )
)
ROUND_TABLE: Table[Row] = Table(
    "Candidates",
    [
        Column(
            "Candidate",
            lambda row: markup.link(reverse("restrictions", args=[row[0].country.code]), row[0].country.name),
        ),
        Column("Selection", lambda row: HELD if row[1].findings else FREE, "badge"),
        Column("Bar", _bars, css="is-wide"),
        Column("Expired", lambda row: "; ".join(_names(row, State.EXPIRED)), css="is-wide"),
        Column(
            "Not reviewed", _not_reviewed, css="is-wide", text=lambda row: "; ".join(_names(row, State.NOT_REVIEWED))
        ),
        Column("Open for obligations", lambda row: _of_obligation(row[1]) or None, "number"),
        Column("Next to expire", _next_to_expire, text=lambda row: row[1].next_end),
    ],
    caption="Candidates and the restrictions that hold them up",
    css="usa-table--hover",
    more=[
        Column("Code", lambda row: row[0].country.code, width=8),
        Column("Region", lambda row: row[0].country.region),
    ],
    per_page=50,
)
