"""Rows of measures and risks, and when they are reviewed next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.html import strip_tags

from cpc.web.badges import Badge
from cpc.web.tables import Column
from partnerships.models import Objective, Participant, Risk, SustainabilityMeasure
from partnerships.sustainability import presenters

TODAY = date(2026, 3, 10)
MINISTRY = Participant(name="Ministry")


def measure(**values: Any) -> SustainabilityMeasure:
    usual = {"kind": "budget", "text": "A budget line", "owner": MINISTRY, "review_on": TODAY, "status": "planned"}
    return SustainabilityMeasure(**{"pk": 4, "partnership_id": 7, **usual, **values})


def risk(**values: Any) -> Risk:
    usual = {"text": "Elections", "likelihood": 3, "impact": 4, "mitigation": "Talks", "owner": MINISTRY}
    return Risk(**{"pk": 5, "partnership_id": 7, "review_on": TODAY, "state": "open", **usual, **values})


def columns(table: Any) -> dict[str, Column[Any]]:
    return {column.label: column for column in table.columns}


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (TODAY - timedelta(days=1), "Review overdue since Mar 9, 2026"),
        (TODAY, "Mar 10, 2026, today"),
        (TODAY + timedelta(days=1), "Mar 11, 2026, tomorrow"),
        (TODAY + timedelta(days=30), "Apr 9, 2026, in 30 days"),
    ],
)
def test_a_review_is_overdue_from_the_day_after_its_own(day: date, text: str) -> None:
    assert presenters.review_text(day, TODAY) == text
    assert (
        columns(presenters.measures_table(TODAY, may_edit=False))["Next review"].value(measure(review_on=day)) == text
    )
    assert columns(presenters.risks_table(TODAY, may_edit=False))["Next review"].value(risk(review_on=day)) == text


@pytest.mark.parametrize(("state", "text"), [("open", "Mar 10, 2026, today"), ("occurred", "Mar 10, 2026, today"),
                                             ("closed", "")])  # fmt: skip
def test_a_closed_risk_has_no_next_review(state: str, text: str) -> None:
    assert columns(presenters.risks_table(TODAY, may_edit=False))["Next review"].value(risk(state=state)) == text


@pytest.mark.parametrize(
    ("likelihood", "impact", "kind", "text"),
    [
        (1, 1, "info", "Low, 1 of 25"),
        (2, 3, "info", "Low, 6 of 25"),
        (2, 4, "warn", "Medium, 8 of 25"),
        (4, 3, "warn", "Medium, 12 of 25"),
        (3, 5, "bad", "High, 15 of 25"),
        (5, 5, "bad", "High, 25 of 25"),
    ],
)
def test_exposure_is_high_from_15_and_medium_from_8(likelihood: int, impact: int, kind: str, text: str) -> None:
    assert presenters.exposure_badge(risk(likelihood=likelihood, impact=impact)) == Badge(kind, text)


@pytest.mark.parametrize(
    ("status", "badge"),
    [
        ("planned", Badge("info", "Planned")),
        ("under_way", Badge("info", "In progress")),
        ("done", Badge("good", "Done")),
        ("dropped", Badge("none", "Dropped")),
    ],
)
def test_the_state_of_a_measure_is_shown_with_its_evidence(status: str, badge: Badge) -> None:
    state = columns(presenters.measures_table(TODAY, may_edit=False))["State"]
    row = measure(status=status, evidence="Budget law")
    assert state.detail is not None
    assert (state.value(row), state.detail(row)) == (badge, "Budget law")


@pytest.mark.parametrize(
    ("state", "badge"),
    [("open", Badge("info", "Open")), ("occurred", Badge("bad", "Has occurred")), ("closed", Badge("none", "Closed"))],
)
def test_the_state_of_a_risk_is_shown_with_its_closing_note(state: str, badge: Badge) -> None:
    column = columns(presenters.risks_table(TODAY, may_edit=False))["State"]
    row = risk(state=state, closing_note="They are over")
    assert column.detail is not None
    assert (column.value(row), column.detail(row)) == (badge, "They are over")


@pytest.mark.parametrize(
    ("objective", "text"), [(None, "Budget line"), (Objective(number=1, title="Courts"), "Budget line · 1. Courts")]
)
def test_a_measure_names_its_kind_and_objective(objective: Objective | None, text: str) -> None:
    first = columns(presenters.measures_table(TODAY, may_edit=False))["Measure"]
    row = measure(objective=objective)
    assert first.detail is not None
    assert (first.value(row), first.detail(row)) == ("A budget line", text)


def test_risk_has_its_mitigation_and_owner() -> None:
    found = columns(presenters.risks_table(TODAY, may_edit=False))
    assert found["Risk"].detail is not None
    assert (found["Risk"].value(risk()), found["Risk"].detail(risk())) == ("Elections", "Talks")
    assert found["Owner"].value(risk()) == "Ministry"
    assert found["Exposure"].value(risk()) == Badge("warn", "Medium, 12 of 25")
    assert columns(presenters.measures_table(TODAY, may_edit=False))["Owner"].value(measure()) == "Ministry"


def test_editors_get_a_link_to_the_form_of_each_row() -> None:
    measures = columns(presenters.measures_table(TODAY, may_edit=True))["Edit"].value(measure())
    risks = columns(presenters.risks_table(TODAY, may_edit=True))["Edit"].value(risk())
    assert ('href="/partnerships/7/outlook/measure/4/edit/"' in str(measures), strip_tags(str(measures))) == (
        True, "Edit A budget line",
    )  # fmt: skip
    assert ('href="/partnerships/7/outlook/risk/5/edit/"' in str(risks), strip_tags(str(risks))) == (
        True, "Edit Elections",
    )  # fmt: skip
    for make in (presenters.measures_table, presenters.risks_table):
        assert "Edit" not in columns(make(TODAY, may_edit=False))
