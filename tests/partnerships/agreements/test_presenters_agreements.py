"""Labels of the origin of a partnership and of a country's partnerships, from plain rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cpc.accounts.models import User
from cpc.web.badges import Badge
from partnerships.agreements.presenters import decider_and_day, origin_facts, partnership_row, proposed_terms
from partnerships.models import Partnership, RecordKind
from selection.models import Candidate, Decision, Recommendation, SelectionRound
from tests.partnerships.unsaved import END, START, kenya, partnership


def candidate(pk: int = 3, title: str = "Round of 2026") -> Candidate:
    return Candidate(pk=pk, country=kenya(), round=SelectionRound(pk=1, title=title))


def decision(**more: Any) -> Decision:
    values: dict[str, Any] = {
        "candidate": candidate(),
        "recommendation": Recommendation(rationale="High prevalence"),
        "action": "select",
        "decided_by": User(name="The approver"),
        "at": datetime(2023, 3, 15, 23, 59, tzinfo=UTC),
        **more,
    }
    return Decision(pk=1, **values)


def test_the_facts_of_a_decision() -> None:
    facts = [
        ("Country", "Kenya"),
        ("Round", str(decision().candidate.round)),
        ("Decision", f"{decision().get_action_display()}, The approver, Mar 15, 2023"),
        ("Recommended because", "High prevalence"),
        ("Money and term decided", "Not known"),
    ]
    assert origin_facts(decision()) == facts
    assert origin_facts(decision(remarks="Begin soon")) == [*facts, ("Remarks", "Begin soon")]
    assert decider_and_day(decision()) == "The approver, Mar 15, 2023"


@pytest.mark.parametrize(
    ("months", "funding", "expected"),
    [
        (1, "", "$5,000,000.00 over 1 month"),
        (60, "", "$5,000,000.00 over 60 months"),
        (60, "ESF, 2026", "$5,000,000.00 over 60 months; ESF, 2026"),
        (None, "ESF, 2026", "Not known"),
    ],
)
def test_money_and_term_of_a_recommendation_are_one_line(months: int | None, funding: str, expected: str) -> None:
    made = Recommendation(proposed_amount=Decimal(5_000_000), proposed_months=months, funding=funding)
    assert proposed_terms(made) == expected


@pytest.mark.parametrize(
    ("row", "mark"),
    [
        (partnership("active"), Badge("good", "Active")),
        (partnership("suspended"), Badge("bad", "Suspended")),
        (partnership("active", status_as_of=START), Badge("good", "Active")),
        (
            partnership("completed", kind=RecordKind.DOCUMENTED, status_as_of=START),
            Badge("none", "Completed, last documented, Jan 1, 2021"),
        ),
        (partnership("signed", kind=RecordKind.DOCUMENTED), Badge("good", "Signed, last documented")),
    ],
)
def test_dossier_row_has_status_and_its_day(row: Partnership, mark: Badge) -> None:
    assert partnership_row(row, candidate(), START).mark == mark


def test_dossier_row_has_the_origin() -> None:
    stated = partnership_row(partnership(origin_reason="Asked for"), candidate(), START)
    assert (stated.origin, stated.is_from_here) == ("Asked for", False)
    decided = partnership(decision=decision())
    here, elsewhere = (partnership_row(decided, candidate(pk), START) for pk in (3, 4))
    assert (here.origin, here.is_from_here) == (str(decision().candidate.round), True)
    assert (elsewhere.origin, elsewhere.is_from_here) == (str(decision().candidate.round), False)


def test_the_row_of_a_dossier_shows_the_actual_end() -> None:
    row = partnership("terminated", ended_on=date(2023, 3, 15))
    assert partnership_row(row, candidate(), END).term == "Jan 1, 2021 to Mar 15, 2023, agreed to Jan 1, 2025"
