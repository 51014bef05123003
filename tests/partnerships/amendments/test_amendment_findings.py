"""Findings against amendments: kinds, limits, outdated values, and constraints."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from partnerships.amendments import preconditions
from partnerships.amendments.services import drafting, steps
from partnerships.models import Amendment, AmendmentKind, Objective, Program
from tests.partnerships.amendments.test_services_amendments import (
    OURS,
    THEIRS,
    TODAY,
    approved,
    draft,
    extension,
    propose,
)
from tests.worlds.partnerships.build import END, FOUR_YEARS, Active


def codes(amendment: Amendment) -> list[tuple[str, str]]:
    found = preconditions.amendment_findings(amendment=amendment, on=TODAY)
    return [(row.code, row.field) for row in found]


def test_an_extension_within_the_limit_has_no_findings(extendable: Active) -> None:
    assert codes(extension(extendable)) == []


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (FOUR_YEARS, [("amendment_kind", "kind")]),
        (END, []),
        (END + timedelta(days=1), [("term_limit", "ends_on")]),
        (None, [("term_missing", "ends_on"), ("amendment_kind", "kind")]),
    ],
)
def test_the_last_day_of_an_extension(extendable: Active, day: date | None, expected: list[tuple[str, str]]) -> None:
    assert codes(extension(extendable, day)) == expected  # type: ignore[arg-type]


def test_a_value_that_changed_since_is_outdated(extendable: Active) -> None:
    stage = extendable.stage
    program = extendable.partnership.programs.get(title="Justice")
    late = draft(extendable, AmendmentKind.TOP_UP)
    propose(extendable, late, extendable.partnership, "title", "Another title")
    drafting.propose_amount(
        amendment=late, program=program, government=OURS, amount=Decimal(4_700_000), actor=stage.analyst
    )
    drafting.propose_amount(
        amendment=late, program=program, government=THEIRS, amount=Decimal(4_000), actor=stage.analyst
    )
    assert codes(late) == []
    first = draft(extendable, AmendmentKind.TOP_UP)
    propose(extendable, first, extendable.partnership, "title", "First title")
    drafting.propose_amount(
        amendment=first, program=program, government=OURS, amount=Decimal(4_600_000), actor=stage.analyst
    )
    steps.apply_amendment(amendment=approved(extendable, first), actor=stage.analyst, on=TODAY)
    found = preconditions.amendment_findings(amendment=late, on=TODAY)
    assert [(row.code, row.message) for row in found] == [
        (
            "amendment_outdated",
            "title of First title is no longer Partnership with Ghana. Remove this change and add it again.",
        ),
        (
            "amendment_outdated",
            "The amount (United States) is no longer 4000000.00. Remove this change and add it again.",
        ),
    ]


@pytest.mark.parametrize(("amount", "expected"), [(5_000_000, []), (5_000_001, ["planned_limit"])])
def test_a_top_up_stays_within_the_limit_of_funding(extendable: Active, amount: int, expected: list[str]) -> None:
    amendment = draft(extendable, AmendmentKind.TOP_UP)
    program = extendable.partnership.programs.get(title="Justice")
    drafting.propose_amount(
        amendment=amendment,
        program=program,
        government=OURS,
        amount=Decimal(amount),
        actor=extendable.stage.analyst,
    )
    assert [code for code, _ in codes(amendment)] == expected


def test_a_withdrawn_program_frees_its_amount(extendable: Active) -> None:
    stage, amendment = extendable.stage, draft(extendable, AmendmentKind.TERMS)
    planned = extendable.partnership.programs.get(title="Justice")
    program = Program(partnership=extendable.partnership, title="Shelters")
    drafting.propose_addition(amendment=amendment, row=program, actor=stage.analyst)
    drafting.propose_amount(
        amendment=amendment, program=program, government=OURS, amount=Decimal(4_000_000), actor=stage.analyst
    )
    assert [code for code, _ in codes(amendment)] == ["planned_limit"]
    propose(extendable, amendment, planned, "withdrawn", True)
    assert codes(amendment) == []


def test_an_objective_in_use_is_not_withdrawn(extendable: Active) -> None:
    partnership = extendable.partnership
    amendment = draft(extendable, AmendmentKind.TERMS)
    objective = partnership.objectives.get()
    propose(extendable, amendment, objective, "withdrawn", True)
    found = preconditions.amendment_findings(amendment=amendment, on=TODAY)
    used = {row.message for row in found if row.code == "objective_in_use"}
    indicators = {str(row) for row in partnership.outcome_indicators.all()}
    assert indicators
    assert used == {
        f"The amendment withdraws 1. Courts, but the indicator {name} belongs to it. First, revise the monitoring plan "
        "and withdraw the indicator there."
        for name in indicators
    }


def test_constraints_are_found_before_the_amendment_is_applied(extendable: Active) -> None:
    amendment = draft(extendable, AmendmentKind.TERMS)
    second = Objective(
        partnership=extendable.partnership,
        number=1,
        title="Again",
        paradigm="protection",
        system="protection",
        outcome="O",
    )
    drafting.propose_addition(amendment=amendment, row=second, actor=extendable.stage.analyst)
    found = preconditions.amendment_findings(amendment=amendment, on=TODAY)
    assert [(row.code, row.message) for row in found] == [
        ("objective_number", "1. Again: Another objective has this number.")
    ]
