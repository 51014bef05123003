"""Legal, policy, and fiscal restrictions on a partnership, and their status. Pure.

The list is data (`reference/restrictions.json`). A review counts from its day until it expires; an expired review
counts as none. A section of an annual law has a new text each fiscal year, so a review of it counts only in its own
fiscal year.
"""

from __future__ import annotations

import datetime as dt
import enum
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from cpc.findings import Finding, Severity
from cpc.fiscal_years import fiscal_year
from cpc.web import formats

SOURCE = Path(__file__).resolve().parent.parent / "reference" / "restrictions.json"

PASSES = frozenset({"not_applicable", "clear", "triggered_exception", "waived"})
"""Statuses of a review under which a restriction does not bar."""


class Bar(enum.StrEnum):
    """Effect of a restriction on a partnership: always, under its conditions, or for information only."""

    STRONG = "strong"
    CONDITIONAL = "conditional"
    SIGNAL = "signal"


class Scope(enum.StrEnum):
    """Step that a restriction can block: selection or signature of a country, or an obligation."""

    COUNTRY = "country"
    OBLIGATION = "obligation"


class Review(Protocol):
    code: str
    status: str
    basis: str
    reviewer: str
    reviewed_on: dt.date
    expires_on: dt.date
    fiscal_year: int | None

    def get_status_display(self) -> str:
        pass


@dataclass(frozen=True, slots=True)
class Restriction:
    """One restriction of the list.

    `applies_to` is government, country, entity, unit, or person.
    """

    code: str
    title: str
    authority: str
    citation: str
    applies_to: str
    bar: Bar
    annual: bool
    effect: str
    exceptions: str
    waiver: str

    def is_required_for(self, scope: Scope) -> bool:
        """Return True if the step requires a passing review.

        Restrictions on units and entities are required only for obligations.
        """
        if self.bar is Bar.SIGNAL:
            return False
        return scope is Scope.OBLIGATION or self.applies_to in ("government", "country")


class State(enum.StrEnum):
    NOT_REVIEWED = "not_reviewed"
    EXPIRED = "expired"
    PASSES = "passes"
    BARS = "bars"


@dataclass(frozen=True, slots=True)
class RestrictionStatus:
    """Status of a restriction on a day with its newest review, if any.

    `name` includes the fiscal year.
    """

    restriction: Restriction
    name: str
    state: State
    review: Review | None


@cache
def checklist() -> tuple[Restriction, ...]:
    rows = json.loads(SOURCE.read_text(encoding="utf-8"))
    return tuple(Restriction(**{**row, "bar": Bar(row["bar"])}) for row in rows)


@cache
def by_code() -> dict[str, Restriction]:
    return {restriction.code: restriction for restriction in checklist()}


def last_day(year: int) -> dt.date:
    return dt.date(year, 9, 30)


def usual_end(restriction: Restriction, reviewed_on: dt.date) -> dt.date:
    """Return the default last day of a review.

    It is a year later, or the end of the fiscal year for a section of an annual law.
    """
    if restriction.annual:
        return last_day(fiscal_year(reviewed_on))
    return reviewed_on + dt.timedelta(days=364)


def restriction_statuses(reviews: Iterable[Review], on: dt.date) -> list[RestrictionStatus]:
    """Return the status of each restriction on a day, from all reviews in order of recording."""
    year = fiscal_year(on)
    newest: dict[str, Review] = {}
    for review in reviews:
        known = by_code().get(review.code)
        if review.reviewed_on > on or (known is not None and known.annual and review.fiscal_year != year):
            continue
        newest[review.code] = review
    listed = [
        RestrictionStatus(
            known, f"{known.title} (FY {year})" if known.annual else known.title, _state(review, on), review
        )
        for known in checklist()
        for review in [newest.get(known.code)]
    ]
    # A review under a name that is no longer on the list lapses when it expires, and bars until then.
    unlisted = [
        RestrictionStatus(_unlisted(code), code, state, review)
        for code, review in sorted(newest.items())
        if code not in by_code() and (state := _state(review, on)) is not State.EXPIRED
    ]
    return listed + unlisted


def _unlisted(code: str) -> Restriction:
    return Restriction(
        code, code, "", "", "country", Bar.CONDITIONAL, annual=False, effect="", exceptions="", waiver=""
    )


def _state(review: Review | None, on: dt.date) -> State:
    if review is None:
        return State.NOT_REVIEWED
    if review.expires_on < on:
        return State.EXPIRED
    return State.PASSES if review.status in PASSES else State.BARS


def findings(statuses: Sequence[RestrictionStatus], scope: Scope) -> list[Finding]:
    asked = [status for status in statuses if status.restriction.is_required_for(scope)]
    against = [_finding(status) for status in asked if status.state in (State.BARS, State.EXPIRED)]
    open_ = [status.name for status in asked if status.state is State.NOT_REVIEWED]
    if not open_:
        return against
    lead = "No restriction was reviewed for this country" if len(open_) == len(asked) else "Not reviewed"
    message = f"{lead}. Record a review of: {'; '.join(open_)}."
    return [*against, Finding("restrictions_not_reviewed", Severity.ERROR, message, "restrictions")]


def _finding(status: RestrictionStatus) -> Finding:
    review, citation = status.review, status.restriction.citation
    assert review is not None
    if status.state is State.EXPIRED:
        message = (
            f"The review of {status.name} expired on {formats.day(review.expires_on)}. Review the restriction again."
        )
        return Finding("restriction_expired", Severity.ERROR, message, "restrictions", citation)
    statuses = review.get_status_display().lower()
    message = f"{status.name} is {statuses} ({review.reviewer}, {formats.day(review.reviewed_on)}): {review.basis}"
    return Finding("restriction_bars", Severity.ERROR, message, "restrictions", citation)
