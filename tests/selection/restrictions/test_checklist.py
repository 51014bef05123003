"""Rules of the checklist: the review that counts on a day, its usual end, and the findings."""

from __future__ import annotations

import datetime as dt

import pytest

from selection.models import RestrictionFinding
from selection.restrictions.checklist import (
    RestrictionStatus,
    Scope,
    State,
    by_code,
    findings,
    restriction_statuses,
    usual_end,
)
from tests.selection.restrictions.reviews import DAY, ON, review

FIRST_DAY, LAST_DAY = dt.date(2026, 10, 1), dt.date(2027, 9, 30)
"""The fiscal year of `review`."""


def state_of(code: str, *reviews: RestrictionFinding, on: dt.date = ON) -> State:
    return status_of(code, *reviews, on=on).state


def status_of(code: str, *reviews: RestrictionFinding, on: dt.date = ON) -> RestrictionStatus:
    [found] = [status for status in restriction_statuses(reviews, on) if status.restriction.code == code]
    return found


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (ON - DAY, State.NOT_REVIEWED),
        (ON, State.PASSES),
        (ON + 10 * DAY, State.PASSES),
        (ON + 11 * DAY, State.EXPIRED),
    ],
)
def test_a_review_counts_from_its_day_to_its_last(on: dt.date, state: State) -> None:
    assert state_of("tier_3", review("tier_3", on=ON, until=ON + 10 * DAY), on=on) is state


@pytest.mark.parametrize(
    ("on", "state", "name"),
    [
        (FIRST_DAY - DAY, State.NOT_REVIEWED, "Military coup (FY 2026)"),
        (FIRST_DAY, State.PASSES, "Military coup (FY 2027)"),
        (LAST_DAY, State.PASSES, "Military coup (FY 2027)"),
        (LAST_DAY + DAY, State.NOT_REVIEWED, "Military coup (FY 2028)"),
    ],
)
def test_a_review_of_an_annual_act_counts_in_its_own_fiscal_year(on: dt.date, state: State, name: str) -> None:
    found = status_of("coup", review("coup", on=FIRST_DAY - 90 * DAY, until=LAST_DAY + 90 * DAY), on=on)
    assert (found.state, found.name) == (state, name)


def test_a_permanent_law_has_no_fiscal_year_in_its_name() -> None:
    assert status_of("tier_3").name == "TIP Report Tier 3"


def test_last_recorded_review_counts_even_if_dated_earlier() -> None:
    rows = [review("tier_3", "triggered", on=ON), review("tier_3", on=ON - DAY)]
    assert state_of("tier_3", *rows) is State.PASSES
    assert state_of("tier_3", *reversed(rows)) is State.BARS


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("not_applicable", State.PASSES),
        ("clear", State.PASSES),
        ("triggered_exception", State.PASSES),
        ("waived", State.PASSES),
        ("triggered", State.BARS),
        ("under_review", State.BARS),
    ],
)
def test_a_restriction_bars_if_it_is_triggered_or_still_under_review(status: str, state: State) -> None:
    assert state_of("tier_3", review("tier_3", status)) is state


def test_unlisted_restriction_comes_last_and_lapses_with_its_review() -> None:
    rows = []
    for code, until in (("zeta", ON), ("alpha", ON + DAY), ("gone", ON - DAY)):
        row = review("tier_3", "triggered", until=until)
        row.code = code
        rows.append(row)
    found = restriction_statuses(rows, ON)
    assert [(one.name, one.state) for one in found[-2:]] == [("alpha", State.BARS), ("zeta", State.BARS)]
    assert len(found) == len(by_code()) + 2
    assert found[-1].restriction.is_required_for(Scope.COUNTRY)
    assert found[-1].restriction.citation == ""


@pytest.mark.parametrize(
    ("code", "country", "obligation"),
    [
        ("tier_3", True, True),
        ("terrorism", True, True),
        ("sanctions", False, True),
        ("unit_vetting", False, True),
        ("child_soldiers", False, False),
        ("officials", False, False),
        ("notification", False, False),
    ],
)
def test_restrictions_on_units_and_entities_wait_for_obligations(code: str, country: bool, obligation: bool) -> None:
    known = by_code()[code]
    assert (known.is_required_for(Scope.COUNTRY), known.is_required_for(Scope.OBLIGATION)) == (country, obligation)


@pytest.mark.parametrize(
    ("code", "on", "end"),
    [
        ("tier_3", dt.date(2026, 11, 25), dt.date(2027, 11, 24)),
        ("coup", dt.date(2026, 9, 30), dt.date(2026, 9, 30)),
        ("coup", dt.date(2026, 10, 1), dt.date(2027, 9, 30)),
    ],
)
def test_a_review_usually_ends_after_a_year_or_with_the_fiscal_year(code: str, on: dt.date, end: dt.date) -> None:
    assert usual_end(by_code()[code], on) == end


def of(*reviews: RestrictionFinding, of: tuple[str, ...]) -> list[RestrictionStatus]:
    """Return the status of these restrictions only."""
    return [found for found in restriction_statuses(reviews, ON) if found.restriction.code in of]


def test_findings_name_bars_expired_reviews_and_missing_reviews() -> None:
    known = of(
        review("tier_3", "under_review", on=ON - 60 * DAY),
        review("faa_debt", until=ON - DAY),
        review("terrorism"),
        of=("tier_3", "faa_debt", "terrorism", "coup", "children", "sanctions", "officials"),
    )
    found = findings(known, Scope.COUNTRY)
    assert [(one.code, one.field, one.citation, one.message) for one in found] == [
        (
            "restriction_bars",
            "restrictions",
            "22 U.S.C. 7107(d)",
            "TIP Report Tier 3 is under review (L, Sep 26, 2026): Memo",
        ),
        (
            "restriction_expired",
            "restrictions",
            "22 U.S.C. 2370(q)(1)",
            "The review of Debt under the Foreign Assistance Act expired on Nov 24, 2026. "
            "Review the restriction again.",
        ),
        (
            "restrictions_not_reviewed",
            "restrictions",
            "",
            "Not reviewed. Record a review of: Military coup (FY 2027); Failure to protect children.",
        ),
    ]
    assert findings(known, Scope.OBLIGATION)[-1].message.endswith("; Sanctions and exclusions.")


def test_finding_states_that_no_restriction_was_reviewed() -> None:
    [found] = findings(of(review("officials", "triggered"), of=("tier_3", "officials")), Scope.COUNTRY)
    assert found.message == ("No restriction was reviewed for this country. Record a review of: TIP Report Tier 3.")
    assert (
        findings(of(review("tier_3"), review("officials", "triggered"), of=("tier_3", "officials")), Scope.COUNTRY)
        == []
    )
