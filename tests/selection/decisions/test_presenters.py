"""Recommendations, decisions, and the memo as text."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

import pytest

from cpc.accounts.models import User
from cpc.findings import Finding
from indicators.models import Country
from selection.candidates.queries import ScoredCandidate
from selection.decisions import presenters
from selection.decisions.queries import Deliberated
from selection.models import Candidate, Decision, Recommendation, SelectionRound
from tests.support.rows import ranking_row

MOMENT = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
ANALYST, APPROVER = User(username="ama"), User(username="kofi")


def candidate(name: str = "Ghana", pk: int = 3, **values: Any) -> Candidate:
    found = SelectionRound(pk=7, title="Round 1", fiscal_year=2027)
    return Candidate(pk=pk, country=Country(pk=pk, code=name[:3].upper(), name=name), round=found, **values)


def recommended(action: str = "select", **values: Any) -> Recommendation:
    return Recommendation(
        candidate=candidate(), action=action, rationale="Courts", place=1, drafted_by=ANALYST, at=MOMENT, **values
    )


def decided(action: str, recommendation: Recommendation | None = None) -> Decision:
    made = Decision(candidate=candidate(), action=action, decided_by=APPROVER, at=MOMENT)
    if recommendation is not None:
        made.recommendation = recommendation
    return made


def deliberated(
    recommendation: Recommendation | None = None, decision: Decision | None = None, **row: Any
) -> Deliberated:
    scored = ScoredCandidate(candidate(), ranking_row("GHA", **row) if row else None)
    return Deliberated(scored, recommendation, decision)


def both(recommends: str, decides: str) -> Deliberated:
    made = recommended(recommends)
    return deliberated(made, decided(decides, made))


# ---- deliberation --------------------------------------------------------------------------------------------------


def test_a_row_shows_the_recommendation_and_the_decision_each_with_its_own_mark() -> None:
    stops, odd = Finding.error("pool", "Out."), Finding.warning("partner", "Active.")
    found = deliberated(recommended("shortlist"), decided("defer"), rank=4, score=61.26)
    shown = presenters.row(found, [stops, odd])
    assert (shown["recommended_mark"], shown["decided_mark"]) == ("info", "unknown")
    assert (shown["candidate"].country.name, shown["decision"]) == ("Ghana", found.decision)
    assert (shown["rank"], shown["score"], shown["stops"], shown["waits"]) == (4, "61.3", [stops], True)
    empty = presenters.row(deliberated(), [])
    assert (empty["recommended_mark"], empty["decided_mark"], empty["rank"], empty["score"]) == (
        "none",
        "none",
        None,
        "\N{EN DASH}",
    )
    assert empty["waits"] is False


@pytest.mark.parametrize(
    ("action", "mark"), [("select", "good"), ("shortlist", "info"), ("not_selected", "none"), ("defer", "unknown")]
)
def test_the_mark_of_a_decision(action: str, mark: str) -> None:
    assert presenters.ACTION_MARKS[action] == mark
    assert presenters.row(deliberated(recommended(action)), [])["recommended_mark"] == mark
    [line] = presenters.history([recommended(action, superseded_at=MOMENT)])
    assert line["mark"] == mark


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], []),
        ([deliberated()], [("Nothing recommended", 1)]),
        ([deliberated(recommended())], [("Wait for the approver", 1)]),
        ([deliberated(recommended(), decided("select"))], [("Wait for the approver", 1), ("Select", 1)]),
        (
            [
                both("select", "defer"),
                both("select", "defer"),
                both("select", "select"),
                deliberated(recommended()),
                deliberated(),
                deliberated(),
            ],
            [("Nothing recommended", 2), ("Wait for the approver", 1), ("Select", 1), ("Defer", 2)],
        ),
    ],
)
def test_the_counts_of_a_deliberation(rows: list[Deliberated], expected: list[tuple[str, int]]) -> None:
    assert presenters.counts(rows) == expected


def test_history_omits_the_current_recommendation() -> None:
    old = recommended("defer", superseded_at=MOMENT)
    made = decided("shortlist", old)
    older = recommended("select", superseded_at=MOMENT)
    found = presenters.history([recommended("select"), old, older])
    assert [(line["recommendation"], line["decision"]) for line in found] == [(old, made), (older, None)]


def test_current_recommendation_is_shown_above_a_form() -> None:
    assert presenters.known_of(None) == []
    made = recommended("select")
    pairs = [("Recommended", "Select"), ("Why", "Courts"), ("Drafted by", f"{ANALYST}, Nov 24, 2026")]
    assert presenters.known_of(made) == pairs
    decided("defer", made)
    assert presenters.known_of(made) == [*pairs, ("Decided", f"Defer, {APPROVER}")]


# ---- memo ----------------------------------------------------------------------------------------------------------


def test_the_content_of_a_memo_is_worded() -> None:
    line = {"country": "Ghana", "rank": 4, "low": 2, "high": 9, "score": 61.26, "need": 70.04, "feasibility": 50.0}
    content = {
        "day": "2026-11-24",
        "decide_by": "",
        "ranking": [line, {**line, "rank": None, "low": None, "score": None}, {**line, "low": 4, "high": 4}],
        "recommendations": [{"decided_on": "2026-11-25", "in_effect_since": "2026-11-20"}],
        "restrictions": [{"expires_on": "2027-09-30"}, {"expires_on": ""}],
    }
    found = presenters.worded(content)
    assert (found["day"], found["decide_by"]) == ("Nov 24, 2026", "")
    names = ("rank", "interval", "score", "need", "feasibility")
    assert [tuple(row[name] for name in names) for row in found["ranking"]] == [
        ("4", "2\N{EN DASH}9", "61.3", "70.0", "50.0"),
        ("\N{EN DASH}", "\N{EN DASH}", "\N{EN DASH}", "70.0", "50.0"),
        ("4", "4", "61.3", "70.0", "50.0"),
    ]
    assert found["recommendations"] == [{"decided_on": "Nov 25, 2026", "in_effect_since": "Nov 20, 2026"}]
    assert found["restrictions"] == [{"expires_on": "Sep 30, 2027"}, {"expires_on": ""}]


def test_a_row_waits_until_its_own_recommendation_is_decided() -> None:
    assert deliberated(recommended(), decided("select")).waits is True
    assert both("select", "select").waits is False
    assert deliberated(None, decided("select")).waits is False
    assert cast(Any, both("select", "defer").decision).follows is False
    assert cast(Any, both("select", "select").decision).follows is True
