"""The sheets of a partnership's terms: which rows stand on which, and where their cells stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.web.sheets.kinds import RowKind, Sheet, SheetSection, Slot
from partnerships.models import Partnership
from partnerships.monitoring.forms import TargetsForm
from partnerships.term_sheets.indicators import Indicators
from partnerships.term_sheets.kinds import (
    Activities,
    DataPlans,
    Mechanisms,
    Milestones,
    Objectives,
    Participants,
    Responsibilities,
    Strategies,
)
from partnerships.term_sheets.money import ContributionRows, ProgramRows

TITLES: Mapping[str, str] = {
    "plan": "Objectives, activities and indicators",
    "people": "Participants and responsibilities",
    "money": "Money by program",
    "all": "All terms",
}
ALL = "all"


def sheet_of(partnership: Partnership, actor: User, key: str) -> Sheet:
    """Return a sheet of the terms. The one of "all" has every row of the other three."""

    def make(kind: Callable[[Partnership, User], RowKind]) -> RowKind:
        return kind(partnership, actor)

    participants, objectives, programs = make(Participants), make(Objectives), make(ProgramRows)
    people = [SheetSection("Participants", [participants])]
    duties = [
        SheetSection("Responsibilities", [make(Responsibilities)]),
        SheetSection("Mechanisms", [make(Mechanisms)]),
        SheetSection("Data plans", [make(DataPlans)]),
        SheetSection("Sustainability strategy", [make(Strategies)]),
    ]
    plan = [_plan(objectives, make)]
    money = [SheetSection("Programs", [programs], note="The amount that each government allocates to each program.")]
    given = [SheetSection("Contributions", [make(ContributionRows)], note=REPLACED)] if _records_money(actor) else []
    parts: Mapping[str, tuple[Sequence[SheetSection], Sequence[RowKind]]] = {
        "plan": (plan, [participants, programs]),
        "people": ([*people, *duties], [objectives]),
        "money": ([*money, *given], []),
        ALL: ([*people, *money, *plan, *duties, *given], []),
    }
    sections, also = parts[key]
    return Sheet(f"terms {key}", f"partnership {partnership.pk}", TITLES[key], sections, also)


REPLACED = "A contribution is never edited: a changed row replaces the one on record, and both stay on file."


def _records_money(actor: User) -> bool:
    return actor.allows(Permission.RECORD_MONEY)


def _plan(objectives: RowKind, make: Callable[..., RowKind]) -> SheetSection:
    """Return the table of the plan: objectives, and under each its activities, milestones, and indicators."""
    activities, milestones, indicators = make(Activities), make(Milestones), make(Indicators)
    assert isinstance(indicators, Indicators)
    years = [year for year in indicators.years if year]
    wide = len(years) + 1  # the columns of years and of the whole term
    paradigm = 2 + max(0, (len(years) - 2) // 2)
    objectives.slots = [
        Slot("title", 2, "w-full"),
        Slot("paradigm", paradigm, "w-half", shows_label=True),
        Slot("system", wide + 2 - paradigm, "w-half", shows_label=True),
    ]
    note = 2 if len(years) > 2 else 1
    days = wide + 2 - note  # the columns for two days
    first, last = days - days // 2, days // 2
    activities.slots = [
        Slot("title", 1, "w-full w-ind"),
        Slot("implementer", 1, "w-full"),
        Slot(note="", span=note, style="w-hide"),
        Slot("planned_start", first, "w-half", shows_label=True),
        Slot("planned_end", last, "w-half", shows_label=True),
    ]
    milestones.slots = [
        Slot("title", 1, "w-full w-ind w-ind--2"),
        Slot(note="", style="w-hide"),
        Slot(note="", span=note, style="w-hide"),
        Slot("planned_on", first, "w-half", shows_label=True),
        Slot("reached_on", last, "w-half", shows_label=True),
    ]
    indicators.slots = [
        Slot("title", 1, "w-full w-ind"),
        Slot("data_source", 1, "w-half"),
        Slot("unit", 1, "w-half"),
        Slot("baseline_value"),
        *(Slot(TargetsForm.name_of(year)) for year in indicators.years),
    ]
    headings = [
        ("What", ""),
        ("Who, or source", "w-who"),
        ("Unit", "w-unit"),
        ("Baseline", "w-number"),
        *((f"FY {year}", "w-number") for year in years),
        ("Whole term", "w-number w-whole"),
    ]
    return SheetSection(TITLES["plan"], [objectives, activities, milestones, indicators], headings, anchor="plan")
