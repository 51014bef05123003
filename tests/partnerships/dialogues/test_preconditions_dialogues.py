"""Preconditions of dialogues, on either side of each bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cpc.findings import Finding, Severity
from partnerships.dialogues import preconditions
from partnerships.lookups.rule_inputs import AgendaPoint, DialogueFacts, KeyIndicatorFacts

ON = date(2026, 3, 10)
DAY = timedelta(days=1)
FACTS = DialogueFacts(
    held_from=ON,
    ready_on=ON - DAY,
    key_indicators=(KeyIndicatorFacts("CV-1", True),),
    agenda=(AgendaPoint("sustainability", "1. Progress", True), AgendaPoint("contributions", "2. Given", True)),
    partner_contributions=True,
)


def said(found: list[Finding]) -> list[tuple[str, str, str]]:
    return [(row.code, row.message, row.field) for row in found]


def test_a_complete_dialogue_has_no_findings() -> None:
    found = [check(FACTS, ON) for checks in preconditions.DIALOGUE_CHECKS.values() for check in checks]
    assert found == [[]] * 5


def test_a_key_indicator_is_selected_before() -> None:
    found = preconditions.key_indicators_selected(replace(FACTS, key_indicators=()), ON)
    assert said(found) == [("key_indicator_missing", "Select the key indicators to discuss.", "key_indicators")]


@pytest.mark.parametrize(
    ("kinds", "missing"),
    [
        ((), ["sustainability", "contributions"]),
        (("risks", "contributions"), ["sustainability"]),
        (("sustainability",), ["contributions"]),
        (("contributions", "sustainability", "sustainability"), []),
    ],
)
def test_the_agenda_speaks_of_progress_and_contributions(kinds: tuple[str, ...], missing: list[str]) -> None:
    agenda = tuple(AgendaPoint(kind, "A point", False) for kind in kinds)
    topics = {
        "sustainability": "Add to the agenda: how progress will be sustained.",
        "contributions": "Add to the agenda: what each participant contributed.",
    }
    assert said(preconditions.agenda_covers(replace(FACTS, agenda=agenda), ON)) == [
        (f"agenda_{kind}", topics[kind], "agenda") for kind in missing
    ]


def test_missing_contributions_are_a_warning() -> None:
    [finding] = preconditions.contributions_tracked(replace(FACTS, partner_contributions=False), ON)
    assert (finding.code, finding.severity) == ("partner_contributions_missing", Severity.WARNING)
    assert finding.message.startswith("No contributions of the partner government are recorded.")


@pytest.mark.parametrize(
    ("held_from", "code"), [(None, "held_from"), (ON + DAY, "held_from"), (ON, None), (ON - DAY, "key_indicators_late")]
)
def test_a_dialogue_is_held_on_a_day_that_has_come(held_from: date | None, code: str | None) -> None:
    found = preconditions.dates_of_dialogue(replace(FACTS, held_from=held_from), ON)
    assert [row.code for row in found] == ([code] if code else [])


@pytest.mark.parametrize(("ready_on", "number"), [(None, 0), (ON - DAY, 0), (ON, 1), (ON + DAY, 1)])
def test_key_indicators_selected_on_the_day_or_later_are_late(ready_on: date | None, number: int) -> None:
    found = preconditions.dates_of_dialogue(replace(FACTS, ready_on=ready_on), ON + DAY)
    message = f"The key indicators were selected on {ready_on}, not before the dialogue."
    assert said(found) == [("key_indicators_late", message, "key_indicators")] * number
    assert {row.severity for row in found} <= {Severity.WARNING}


def test_minutes_hold_every_indicator_and_every_point() -> None:
    facts = replace(
        FACTS,
        key_indicators=(KeyIndicatorFacts("CV-1", True), KeyIndicatorFacts("CV-2", False)),
        agenda=(AgendaPoint("risks", "1. Risks", False), AgendaPoint("other", "2. Other", True)),
    )
    assert said(preconditions.minutes_complete(facts, ON)) == [
        ("indicator_not_minuted", "CV-2: enter its data and the discussion in the minutes.", "minutes"),
        ("point_not_minuted", "1. Risks: enter its outcome in the minutes.", "minutes"),
    ]


def test_each_step_has_its_checks() -> None:
    assert {
        "set_ready": (
            preconditions.key_indicators_selected,
            preconditions.agenda_covers,
            preconditions.contributions_tracked,
        ),
        "hold": (preconditions.dates_of_dialogue,),
        "conclude": (preconditions.minutes_complete,),
    } == preconditions.DIALOGUE_CHECKS
