"""A partnership whose record has all elements that the statute requires, with invented offices in a real country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.models import Country
from partnerships.agreements.services import create_partnership
from partnerships.models import (
    Contribution,
    ContributionKind,
    ContributionStage,
    DataPlan,
    Government,
    Mechanism,
    MechanismKind,
    Objective,
    OutcomeIndicator,
    Participant,
    Partnership,
    Program,
    Responsibility,
    SustainabilityStrategy,
)
from partnerships.money.services import record_contribution
from partnerships.monitoring.services.plans import (
    NewTarget,
    add_indicator,
    set_targets,
    take_plan_step,
)
from partnerships.progress import fiscal_years
from partnerships.sustainability.services import add_entry
from partnerships.terms.services import add_term, set_amounts
from tests.support.accounts import make_account

TERM = (date(2023, 10, 1), date(2025, 9, 30))
"""Fiscal years 2024 and 2025."""


@dataclass(frozen=True)
class Complete:
    """A partnership and the records of it that tests use."""

    partnership: Partnership
    analyst: User
    approver: User
    ministry: Participant
    objective: Objective
    children: OutcomeIndicator
    share: OutcomeIndicator


def make_complete(*, approved_plan: bool = True) -> Complete:
    """Make a partnership in two fiscal years with two outcome indicators.

    One counts people by sex and age; the other is a percentage.
    """
    analyst, approver = make_account(Role.ANALYST), make_account(Role.APPROVER)
    partnership = create_partnership(
        country=Country.objects.get(code="GHA"),
        title="Ghana Child Protection Compact Partnership",
        origin_reason="Chosen in a test",
        actor=analyst,
        values={"starts_on": TERM[0], "ends_on": TERM[1], "coordination_body": "Technical committee"},
    )
    _, ministry = (
        add_term(term=Participant(partnership=partnership, government=side, name=name, is_lead=True), actor=analyst)
        for side, name in (
            (Government.UNITED_STATES, "Office to Monitor and Combat Trafficking in Persons"),
            (Government.PARTNER, "Ministry of Children"),
        )
    )
    objective = add_term(
        term=Objective(
            partnership=partnership,
            number=1,
            title="Children are found & protected",
            paradigm="protection",
            system="protection",
            outcome="More child victims are identified and cared for",
        ),
        actor=analyst,
    )
    program = add_term(term=Program(partnership=partnership, title="Shelters"), actor=analyst)
    amounts = [(program, Government(side), Decimal("400000.00")) for side in Government.values]
    set_amounts(partnership=partnership, amounts=amounts, actor=analyst)
    fill(partnership, analyst)
    children, share = add_indicators(partnership, analyst)
    made = Complete(partnership, analyst, approver, ministry, objective, children, share)
    if approved_plan:
        plan = Partnership.objects.get(pk=partnership.pk).monitoring_plan
        plan = take_plan_step(plan=plan, name="submit", actor=analyst, on=TERM[0])
        take_plan_step(plan=plan, name="approve", actor=approver, on=TERM[0])
    return made


def fill(partnership: Partnership, analyst: User) -> None:
    """Give a draft with leads and programs the other elements that the statute requires, except indicators."""
    for participant in partnership.participants.all():
        add_term(
            term=Responsibility(
                partnership=partnership, participant=participant, text="Meets the other participant each quarter"
            ),
            actor=analyst,
        )
    for year, side in ((2024, Government.UNITED_STATES), (2025, Government.PARTNER)):
        record_contribution(
            contribution=Contribution(
                partnership=partnership,
                government=side,
                kind=ContributionKind.CASH if side == Government.PARTNER else ContributionKind.STAFF,
                stage=ContributionStage.PLEDGED,
                fiscal_year=year,
                description="Running costs of shelters",
                amount_usd=Decimal("400000.00"),
                source="Letter of the test",
            ),
            actor=analyst,
        )
    for kind in MechanismKind:
        mechanism = Mechanism(
            partnership=partnership, kind=kind, body="Technical committee", procedure="Meets", frequency="quarterly"
        )
        add_term(term=mechanism, actor=analyst)
    add_term(
        term=DataPlan(
            partnership=partnership,
            what="Numbers of cases by stage",
            institution="Ministry of Children",
            system="Case register",
            safeguards="Access by role",
            use="Case management and planning",
        ),
        actor=analyst,
    )
    strategy = SustainabilityStrategy(
        partnership=partnership, institution="Ministry of Children", approach="Drafts it with the provinces"
    )
    add_entry(entry=strategy, actor=analyst)


def add_indicators(partnership: Partnership, analyst: User) -> list[OutcomeIndicator]:
    """Add two outcome indicators, with a target for each fiscal year.

    One counts people by sex and age; the other is a percentage.
    """
    objective = partnership.objectives.get(number=1)
    ministry = partnership.participants.get(government=Government.PARTNER, is_lead=True)
    assert partnership.starts_on is not None
    assert partnership.ends_on is not None
    years = fiscal_years(partnership.starts_on, partnership.ends_on)
    made = []
    for code, title, measure, accumulation, targets in (
        ("CV-1", "Child victims identified", "people", "sum", (100, 120, 220)),
        ("SH-1", "Shelters inspected each year", "percent", "latest", (50, 80, 80)),
    ):
        indicator = add_indicator(
            indicator=OutcomeIndicator(
                partnership=partnership,
                objective=objective,
                code=code,
                title=title,
                definition="Counted once, when the register is closed for the period",
                level="outcome",
                paradigm="protection",
                measure=measure,
                unit="children" if measure == "people" else "percent of shelters",
                accumulation=accumulation,
                aggregation="distinct" if measure == "people" else "",
                by_sex=measure == "people",
                by_age=measure == "people",
                data_source="Register of the ministry",
                method="Extract of totals",
                frequency="semiannual" if measure == "people" else "annual",
                responsible=ministry,
            ),
            actor=analyst,
        )
        set_targets(
            indicator=indicator,
            targets=[*_yearly(years, targets[:2]), NewTarget(None, Decimal(targets[2]))],
            actor=analyst,
        )
        made.append(indicator)
    return made


def _yearly(years: Sequence[int], targets: Sequence[int]) -> list[NewTarget]:
    """Return the targets of all years: the given ones, then the last one for every year that follows."""
    return [NewTarget(year, Decimal(targets[min(n, len(targets) - 1)])) for n, year in enumerate(years)]
