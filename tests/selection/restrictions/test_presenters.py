"""Restrictions as text: the badge of each state, what ends soon, and the figures of a round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest

from cpc.web import formats
from selection.restrictions import presenters
from selection.restrictions.checklist import Scope, checklist
from tests.selection.restrictions.reviews import DAY, ON, review, row

OF_OBLIGATIONS = ("sanctions", "security_assistance", "police_training", "unit_vetting")
"""Restrictions on recipients and units, which no selection waits for."""
COLUMNS = {column.label: column for column in presenters.ROUND_TABLE.columns}


@pytest.mark.parametrize(
    ("found", "number"),
    [
        (row(), None),
        (row(others=False), 4),
        *((row(review(code, "triggered")), 1) for code in OF_OBLIGATIONS),
        *((row(review(code), others=False), 3) for code in OF_OBLIGATIONS),
        (row(review("sanctions", "triggered"), review("unit_vetting", until=ON - DAY)), 2),
        (row(review("unit_vetting", until=ON)), None),
        (row(review("tier_3", "triggered"), review("coup", until=ON - DAY)), None),
        (row(review("officials", "triggered")), None),
    ],
)
def test_open_for_obligations_counts_restrictions_not_required_for_selection(
    found: presenters.Row, number: int | None
) -> None:
    assert COLUMNS["Open for obligations"].cell(found) == number


@pytest.mark.parametrize(
    ("until", "is_soon"),
    [(ON - DAY, False), (ON, True), (ON + 30 * DAY, True), (ON + 31 * DAY, False)],
)
def test_a_review_ends_soon_within_thirty_days_and_on_its_last_day(until: dt.date, is_soon: bool) -> None:
    candidate, reviewed = row(review("tier_3", until=until))
    assert presenters.fits((candidate, reviewed), "ends") is is_soon
    [line] = [line for line in presenters.lines(reviewed) if line["restriction"].code == "tier_3"]
    assert line["ends_soon"] is is_soon
    assert ("Within 30 days" in str(COLUMNS["Next to expire"].value((candidate, reviewed)))) is is_soon
    assert presenters.round_facts([(candidate, reviewed)])[-1].value == str(int(is_soon))


@pytest.mark.parametrize(
    ("code", "reviewed", "kind", "text", "holds"),
    [
        ("tier_3", None, "unknown", "Not reviewed", True),
        ("tier_3", {"until": ON - DAY}, "warn", "Expired: counts as not reviewed", True),
        ("tier_3", {"status": "clear"}, "good", "", False),
        ("tier_3", {"status": "waived"}, "good", "", False),
        ("tier_3", {"status": "triggered"}, "bad", "", True),
        ("sanctions", {"status": "triggered"}, "bad", "", True),
        ("child_soldiers", {"status": "triggered"}, "warn", "", False),
        ("child_soldiers", None, "unknown", "Not reviewed", False),
    ],
)
def test_a_restriction_has_the_badge_of_its_state(
    code: str, reviewed: Mapping[str, object] | None, kind: str, text: str, holds: bool
) -> None:
    """Mark what bars as bad, and what only informs as a warning that holds nothing up."""
    given = [] if reviewed is None else [review(code, **reviewed)]  # type: ignore[arg-type]  # the values have several types
    _, country = row(*given, others=False)
    [line] = [line for line in presenters.lines(country) if line["restriction"].code == code]
    assert (line["mark"].kind, line["holds"]) == (kind, holds)
    assert line["mark"].text == (text or given[0].get_status_display())


def test_restriction_names_the_steps_that_require_it() -> None:
    found = {known.code: presenters.stops(known) for known in checklist()}
    assert {code for code, text in found.items() if text == "Each obligation"} == set(OF_OBLIGATIONS)
    assert {code for code, text in found.items() if text == "None: for information only"} == {
        "child_soldiers", "officials", "fiscal_transparency", "direct_funds", "notification"
    }  # fmt: skip
    assert found["tier_3"] == "Selection, signature and each obligation"


def test_figures_count_only_restrictions_required_for_selection() -> None:
    clear, barred = row(), row(review("tier_3", "triggered"), review("sanctions", "triggered"))
    expired, unit = row(review("coup", until=ON - DAY)), row(review("unit_vetting", until=ON - DAY))
    facts = presenters.round_facts([clear, barred, expired, unit, row(others=False)])
    assert [fact.value for fact in facts] == ["2 of 5", "1", "1", "0"]
    assert [presenters.fits(one, "held") for one in (clear, barred, expired, unit)] == [False, True, True, False]
    gating = sum(known.is_required_for(Scope.COUNTRY) for known in checklist())
    assert [fact.value for fact in presenters.facts(barred[1])] == [
        f"{gating - 1} of {gating}", "1", "0", "0", "Sep 21, 2027"
    ]  # fmt: skip
    assert [fact.value for fact in presenters.facts(row(others=False)[1])] == [
        f"0 of {gating}",
        "0",
        "0",
        "14",
        formats.DASH,
    ]
