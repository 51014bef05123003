"""The seven elements of 22 U.S.C. 7103a(d)(2): each is reported if it alone is missing, and no other is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpc.findings import Finding, Severity
from partnerships.completeness import (
    ELEMENTS,
    ContributionLine,
    DataPlanLine,
    IndicatorLine,
    MechanismLine,
    ObjectiveLine,
    ProgramLine,
    Record,
    ResponsibilityLine,
    StrategyLine,
    completeness,
    not_recorded,
    open_gaps,
)
from partnerships.lookups.locking import change
from partnerships.lookups.rule_inputs import record_of
from partnerships.models import Objective, Partnership
from tests.worlds.partnerships.complete import Complete, make_complete

COMPLETE = Record(
    title="A partnership",
    country="Ghana",
    starts_on=None,
    ends_on=None,
    coordination_body="",
    focus_regions=(),
    forms=(),
    national_plans=(),
    participants=(),
    objectives=(ObjectiveLine(1, "Protect", "More children are cared for", "protection"),),
    responsibilities=(
        ResponsibilityLine("us", "Office", "Advises", None),
        ResponsibilityLine("partner", "Ministry", "Leads", None),
    ),
    programs=(ProgramLine("Shelters", "", Decimal(1), Decimal(0)),),
    indicators=(IndicatorLine("CV-1", "Victims identified", "Counted once", True, "quarterly"),),
    contributions=(
        ContributionLine("us", 2024, "Cash", "Costs", Decimal(1), True),
        ContributionLine("partner", 2025, "Staff", "Posts", None, True),
    ),
    mechanisms=(
        MechanismLine("implementation", "Committee", "Meets", "Quarterly"),
        MechanismLine("oversight", "Committee", "Visits", "Yearly"),
    ),
    strategies=(StrategyLine("Ministry", "Drafts it", None),),
    data_plans=(DataPlanLine("Totals", "Ministry", "Register", "Roles", "Planning"),),
)
EMPTIED = {
    "A": {"objectives": ()},
    "B": {"responsibilities": ()},
    "C": {"programs": ()},
    "D": {"indicators": ()},
    "E": {"contributions": (), "mechanisms": ()},
    "F": {"strategies": ()},
    "G": {"data_plans": ()},
}


def test_a_complete_record_lacks_nothing() -> None:
    assert completeness(COMPLETE) == []


@pytest.mark.parametrize(
    ("letter", "field", "message"),
    [
        ("A", "objectives", "Objectives: add an objective."),
        (
            "B",
            "responsibilities",
            "Responsibilities: state the responsibilities of the United States; state the responsibilities of the "
            "partner government.",
        ),
        ("C", "programs", "Programs: add a program or initiative."),
        (
            "D",
            "outcome_indicators",
            "Outcome indicators: add an outcome indicator that is collected regularly.",
        ),
        (
            "E",
            "contributions",
            "Financial plan: estimate the contributions of the United States; estimate the contributions of the "
            "partner government; describe the mechanism for implementation; describe the mechanism for oversight.",
        ),
        ("F", "strategies", "Sustainability: state who will develop a strategy to sustain progress, and how."),
        (
            "G",
            "data_plans",
            "Child protection data: describe how child protection data is collected, tracked and managed.",
        ),
    ],
)
def test_an_empty_element_is_found_and_no_other(letter: str, field: str, message: str) -> None:
    (finding,) = completeness(replace(COMPLETE, **EMPTIED[letter]))  # type: ignore[arg-type]  # the arguments have several types
    assert finding == Finding(
        f"element_{letter.lower()}", Severity.ERROR, message, field, f"22 U.S.C. 7103a(d)(2)({letter})"
    )


def test_a_canceled_partnership_has_no_gaps_to_fill() -> None:
    gaps = replace(COMPLETE, objectives=(), strategies=())
    assert [gap.code for gap in open_gaps(gaps, is_canceled=False)] == ["element_a", "element_f"]
    assert open_gaps(gaps, is_canceled=True) == []


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (replace(COMPLETE, strategies=()), "Sustainability"),
        (replace(COMPLETE, data_plans=(replace(COMPLETE.data_plans[0], use=""),)), "Child protection data"),
    ],
)
def test_gap_of_a_documented_record_is_a_note_named_by_its_element(record: Record, name: str) -> None:
    (gap,) = completeness(record)
    message = f"{name}: not recorded. The text of the instrument is not held here, so its content is not known."
    assert not_recorded(record) == [replace(gap, severity=Severity.NOTE, message=message)]


def test_an_empty_record_lacks_all_seven_in_the_order_of_the_statute() -> None:
    everything = {name: value for emptied in EMPTIED.values() for name, value in emptied.items()}
    found = completeness(replace(COMPLETE, **everything))  # type: ignore[arg-type]  # the arguments have several types
    assert [finding.code[-1] for finding in found] == list("abcdefg")
    assert len(ELEMENTS) == 7


@pytest.mark.parametrize(
    ("letter", "part", "expected"),
    [
        ("A", {"objectives": (replace(COMPLETE.objectives[0], outcome=""),)}, "intended outcome of objective 1"),
        ("B", {"responsibilities": COMPLETE.responsibilities[:1]}, "responsibilities of the partner government"),
        ("C", {"programs": (replace(COMPLETE.programs[0], partner_amount=None),)}, "allocates to Shelters, zero"),
        ("C", {"programs": (replace(COMPLETE.programs[0], us_amount=None),)}, "the United States allocates"),
        ("D", {"indicators": (replace(COMPLETE.indicators[0], is_outcome=False),)}, "outcome indicator"),
        ("D", {"indicators": (replace(COMPLETE.indicators[0], frequency="as_needed"),)}, "regularly"),
        ("E", {"contributions": COMPLETE.contributions[:1]}, "contributions of the partner government"),
        ("E", {"contributions": tuple(replace(c, fiscal_year=2024) for c in COMPLETE.contributions)}, "one fiscal"),
        ("E", {"mechanisms": COMPLETE.mechanisms[:1]}, "mechanism for oversight"),
        ("D", {"indicators": (replace(COMPLETE.indicators[0], definition=""),)}, "indicators: define CV-1."),
        ("G", {"data_plans": (replace(COMPLETE.data_plans[0], safeguards=""),)}, "plan of Ministry: safeguards."),
        ("G", {"data_plans": (replace(COMPLETE.data_plans[0], what="", use=""),)}, "plan of Ministry: what, use."),
        (
            "G",
            {"data_plans": (replace(COMPLETE.data_plans[0], institution="", system=""),)},
            "plan of the institution: institution, system.",
        ),
    ],
)
def test_half_an_element_is_not_enough(letter: str, part: dict[str, object], expected: str) -> None:
    (finding,) = completeness(replace(COMPLETE, **part))  # type: ignore[arg-type]  # the arguments have several types
    assert finding.code == f"element_{letter.lower()}"
    assert expected in finding.message


@pytest.mark.parametrize(
    ("years", "is_enough"),
    [
        ([(2024, True), (2024, True)], False),
        ([(2024, True), (2025, True)], True),
        # A contribution without amount or staff time doesn't make the plan a plan of several years.
        ([(2024, True), (2024, True), (2025, False)], False),
        ([(2024, True), (2024, True), (2025, True)], True),
    ],
)
def test_the_plan_estimates_more_than_one_year(years: list[tuple[int, bool]], is_enough: bool) -> None:
    lines = tuple(
        ContributionLine(("us", "partner")[number % 2], year, "Cash", "Costs", Decimal(1), is_estimated)
        for number, (year, is_estimated) in enumerate(years)
    )
    found = completeness(replace(COMPLETE, contributions=lines))
    assert [finding.code for finding in found] == ([] if is_enough else ["element_e"])
    assert all("plan for more than one fiscal year" in finding.message for finding in found)


@pytest.mark.parametrize("side", ["us", "partner"])
def test_a_contribution_without_an_estimate_gives_nothing(side: str) -> None:
    lines = tuple(replace(line, is_estimated=line.government != side) for line in COMPLETE.contributions)
    (finding,) = completeness(replace(COMPLETE, contributions=lines))
    name = {"us": "the United States", "partner": "the partner government"}[side]
    assert f"estimate the contributions of {name}" in finding.message


def withdraw(made: Complete, terms: str) -> None:
    """Withdraw all rows of one kind of a partnership's terms."""
    for row in getattr(made.partnership, terms).all():
        change(row, {"withdrawn": True}, actor=made.analyst)


STORED = {
    # An objective is withdrawn with its indicators only.
    "AD": ("outcome_indicators", "objectives"),
    "B": ("responsibilities",),
    "C": ("programs",),
    "D": ("outcome_indicators",),
    "E": ("mechanisms",),
    "F": ("strategies",),
    "G": ("data_plans",),
}


@pytest.mark.django_db
@pytest.mark.parametrize("letters", STORED)
def test_what_is_withdrawn_from_the_stored_record_is_missed_and_nothing_else(letters: str) -> None:
    made = make_complete(approved_plan=False)
    assert completeness(record_of(made.partnership)) == []
    for terms in STORED[letters]:
        withdraw(made, terms)
    stored = Partnership.objects.get(pk=made.partnership.pk)
    assert [finding.code for finding in completeness(record_of(stored))] == [
        f"element_{letter.lower()}" for letter in letters
    ]


@pytest.mark.django_db
def test_the_record_takes_as_many_queries_however_much_it_holds() -> None:
    made = make_complete(approved_plan=False)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            record_of(Partnership.objects.select_related("country").get(pk=made.partnership.pk))
        return len(captured)

    before = queries()
    for number in range(2, 6):
        Objective.objects.create(
            partnership=made.partnership,
            number=number,
            title=f"Objective {number}",
            paradigm="prevention",
            system="prevention",
            outcome="Fewer children are trafficked",
        )
    assert queries() == before
