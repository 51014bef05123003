"""Restrictions in words and marks: the checklist of a country, the overview of a round, and their export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cpc.web import formats
from cpc.web.exports import Field
from selection.countries.presenters.country import Fact
from selection.models import Candidate
from selection.restrictions.checklist import (
    Bar,
    Restriction,
    Scope,
    Standing,
    State,
)
from selection.restrictions.queries import ReviewedCountry

SOON = dt.timedelta(days=30)

STATE_WORDS: Mapping[State, tuple[str, str]] = {
    State.NOT_REVIEWED: ("unknown", "Not reviewed"),
    State.EXPIRED: ("warn", "Expired: counts as not reviewed"),
}
"""Mark and words of a restriction without a review in force; with one, the review's own words."""

APPLIES: Mapping[str, str] = {
    "government": "the government",
    "country": "the country",
    "entity": "a recipient",
    "unit": "a unit that is trained",
    "person": "a person",
}


class Mark(NamedTuple):
    """A state as it is shown."""

    kind: str
    text: str


def mark(found: Standing) -> Mark:
    """Where a restriction stands, in a mark and words."""
    if found.state in STATE_WORDS:
        return Mark(*STATE_WORDS[found.state])
    assert found.review is not None
    kind = "good" if found.state is State.PASSES else "bad" if found.restriction.bar is not Bar.SIGNAL else "warn"
    return Mark(kind, found.review.get_status_display())


def stops(restriction: Restriction) -> str:
    """What waits for a review of it."""
    if restriction.gates(Scope.COUNTRY):
        return "Selection, signature and each obligation"
    return "Each obligation" if restriction.gates(Scope.OBLIGATION) else "Nothing: to be known"


def line(found: Standing, reviewed: ReviewedCountry) -> dict[str, Any]:
    """One restriction of a country's checklist with its newest review and the earlier ones."""
    rows = reviewed.reviews.get(found.restriction.code, ())
    counted = found.review
    return {
        "restriction": found.restriction,
        "name": found.name,
        "applies": APPLIES.get(found.restriction.applies_to, found.restriction.applies_to),
        "mark": mark(found),
        "stops": stops(found.restriction),
        "holds": found.restriction.gates(Scope.OBLIGATION) and found.state is not State.PASSES,
        "review": counted,
        "ends_soon": counted is not None
        and found.state is not State.EXPIRED
        and _soon(counted.expires_on, reviewed.on),
        "earlier": [row for row in rows if row is not counted],
    }


def _soon(end: dt.date, on: dt.date) -> bool:
    return on <= end <= on + SOON


def lines(reviewed: ReviewedCountry) -> list[dict[str, Any]]:
    """The checklist of a country, in the order of the list."""
    return [line(found, reviewed) for found in reviewed.standings]


def facts(reviewed: ReviewedCountry) -> list[Fact]:
    """The figures at the head of a country's checklist."""
    gating = [found for found in reviewed.standings if found.restriction.gates(Scope.COUNTRY)]
    passes = reviewed.by_state(State.PASSES)
    end = reviewed.next_end
    return [
        Fact("Do not bar", f"{len(passes)} of {len(gating)}", "that gate selection and signature"),
        Fact("Bar", str(len(reviewed.by_state(State.BARS)))),
        Fact("Expired", str(len(reviewed.by_state(State.EXPIRED))), "count as not reviewed"),
        Fact("Not reviewed", str(len(reviewed.by_state(State.NOT_REVIEWED)))),
        Fact("Next to expire", formats.day(end) if end else formats.DASH),
    ]


# ---- overview of a round -------------------------------------------------------------------------------------------

Row = tuple[Candidate, ReviewedCountry]


def fits(row: Row, show: str) -> bool:
    """Whether the overview shows a candidate."""
    _, reviewed = row
    if show == "held":
        return bool(reviewed.findings)
    if show == "ends":
        return reviewed.next_end is not None and _soon(reviewed.next_end, reviewed.on)
    return True


def overview(row: Row) -> dict[str, Any]:
    """One candidate: what bars, what expired, what nobody reviewed, and what ends next."""
    candidate, reviewed = row
    end = reviewed.next_end
    return {
        "candidate": candidate,
        "held": bool(reviewed.findings),
        "bars": [(found.name, mark(found).text) for found in reviewed.by_state(State.BARS)],
        "expired": [found.name for found in reviewed.by_state(State.EXPIRED)],
        "open": [found.name for found in reviewed.by_state(State.NOT_REVIEWED)],
        "obligation": _of_obligation(reviewed),
        "end": end,
        "ends_soon": end is not None and _soon(end, reviewed.on),
    }


def _of_obligation(reviewed: ReviewedCountry) -> int:
    """How many restrictions that gate obligations alone do not pass."""
    return sum(
        found.state is not State.PASSES
        for found in reviewed.standings
        if found.restriction.gates(Scope.OBLIGATION) and not found.restriction.gates(Scope.COUNTRY)
    )


def round_facts(rows: Sequence[Row]) -> list[Fact]:
    """The figures at the head of the overview."""
    held = sum(bool(reviewed.findings) for _, reviewed in rows)
    barred = sum(bool(reviewed.by_state(State.BARS)) for _, reviewed in rows)
    expired = sum(bool(reviewed.by_state(State.EXPIRED)) for _, reviewed in rows)
    return [
        Fact("May be selected", f"{len(rows) - held} of {len(rows)}", "as far as restrictions go"),
        Fact("Barred", str(barred), "by at least one restriction"),
        Fact("With an expired review", str(expired)),
        Fact("End within 30 days", str(sum(fits(row, "ends") for row in rows)), "candidates with such a review"),
    ]


Flat = tuple[Candidate, Standing]


def flat(rows: Sequence[Row]) -> list[Flat]:
    """One row a candidate and restriction, for the export."""
    return [(candidate, found) for candidate, reviewed in rows for found in reviewed.standings]


def _said(line: Flat, name: str) -> Any:
    return getattr(line[1].review, name) if line[1].review is not None else None


FIELDS: tuple[Field[Flat], ...] = (
    Field("Country", lambda line: line[0].country.name, 28),
    Field("Code", lambda line: line[0].country.code, 8),
    Field("Restriction", lambda line: line[1].name, 36),
    Field("Citation", lambda line: line[1].restriction.citation, 28),
    Field("Waits for it", lambda line: stops(line[1].restriction), 36),
    Field("Where it stands", lambda line: mark(line[1]).text, 30),
    Field("Basis", lambda line: _said(line, "basis"), 50),
    Field("Office that reviewed", lambda line: _said(line, "reviewer"), 12),
    Field("Reviewed on", lambda line: _said(line, "reviewed_on"), 14),
    Field("In force until", lambda line: _said(line, "expires_on"), 14),
)
