"""Many partnerships with many rows each, written in bulk with every trigger and constraint of the database active."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models, transaction

from cpc.accounts.models import Agency, User
from indicators.models import Country
from partnerships.models import (
    Activity,
    Award,
    ClearanceAnswer,
    ClearanceRequest,
    CongressionalNotification,
    Contribution,
    Document,
    DocumentVersion,
    FigureStatement,
    Government,
    LedgerEntry,
    LegalFinding,
    Milestone,
    Objective,
    OriginConfirmation,
    OutcomeIndicator,
    Participant,
    Partnership,
    PeriodStep,
    Program,
    ProgramAmount,
    ReportingPeriod,
    Responsibility,
    Result,
    StatusChange,
    Target,
    TextFile,
    TextVersion,
)

SLOTS = 6
"""Consecutive two-year terms of a country; today is in the last one."""
AT_ONCE = 100
UP_TO_CLEARANCE = (
    ("invite", "selected", "invited"),
    ("open_negotiations", "invited", "negotiating"),
)
UP_TO_START = (
    ("submit_for_clearance", "negotiating", "in_clearance"),
    ("sign", "in_clearance", "signed"),
    ("start", "signed", "active"),
)
OVER = (("complete", "active", "completed"),)
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Shape:
    """Number of rows of each kind in one partnership; for rows with several parents, the number per parent."""

    participants: int
    objectives: int
    programs: int
    responsibilities: int
    activities: int
    indicators: int
    years: int
    periods: int
    awards: int
    movements: int
    contributions: int
    statements: int


FULL = Shape(4, 4, 3, 12, 16, 6, 3, 8, 3, 8, 20, 4)
DESK = Shape(2, 1, 1, 2, 2, 1, 1, 2, 1, 2, 1, 0)
"""Few rows of each kind that waits for someone, so that many partnerships are written in minutes."""
TENTH = Shape(2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 0)


def make_many(numbers: Iterable[int], *, shape: Shape, writer: User, actor: User, today: dt.date) -> int:
    """Write partnerships of these sizes; return the number of rows without those of the history.

    `writer` writes all of it, and `actor` confirms its origin and signs: no one decides on what they wrote.
    """
    left, rows = iter(numbers), 0
    while batch := list(islice(left, AT_ONCE)):
        with transaction.atomic():
            rows += _Batch(shape, writer, actor, today).write(batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return rows


class _Batch:
    def __init__(self, shape: Shape, writer: User, actor: User, today: dt.date) -> None:
        self.shape, self.writer, self.actor, self.today, self.rows = shape, writer, actor, today, 0

    def write(self, numbers: list[int]) -> int:
        """Write the terms, then the steps up to today, then the later records of a signed partnership."""
        states = list(Country.objects.states().exclude(code="USA").order_by("code"))
        made = self._made(_partnership(number, states, self.today) for number in numbers)
        self._each(made, 1, lambda p, _: OriginConfirmation(partnership=p, confirmed_by=self.actor))
        self._terms(made)
        self._steps(made, UP_TO_CLEARANCE)
        self._clearance(made)
        self._steps(made, UP_TO_START)
        self._money(made)
        self._steps([p for p in made if _day(p.ends_on) < self.today], OVER)
        return self.rows

    def _made(self, rows: Iterable[Row]) -> list[Row]:
        listed = list(rows)
        if listed:
            type(listed[0])._default_manager.bulk_create(listed, batch_size=2000)
        self.rows += len(listed)
        return listed

    def _each(self, owners: Iterable[Any], count: int, make: Callable[[Any, int], Row]) -> list[Row]:
        return self._made(make(owner, number) for owner in owners for number in range(count))

    def _terms(self, made: list[Partnership]) -> None:
        shape, sides = self.shape, list(Government)
        participants = self._each(made, shape.participants, _participant)
        lead = {row.partnership_id: row for row in participants if row.is_lead and row.government == "partner"}
        objectives = self._each(made, shape.objectives, _objective)
        first = {row.partnership_id: row for row in reversed(objectives)}
        programs = self._each(made, shape.programs, lambda p, n: Program(partnership=p, title=f"Program {n}"))
        self._each(programs, 2, lambda p, n: ProgramAmount(program=p, government=sides[n], amount=1_000_000))
        self._each(made, shape.responsibilities, lambda p, n: _responsibility(p, lead[p.pk], n))
        activities = self._each(made, shape.activities, lambda p, n: _activity(p, first[p.pk], n))
        self._each(activities, 1, lambda a, n: Milestone(activity=a, title="Reached", planned_on=a.planned_end))
        indicators = self._each(made, shape.indicators, lambda p, n: _indicator(p, first[p.pk], n))
        self._each(indicators, shape.years, self._target)
        periods = self._each(made, shape.periods, _period)
        self._made(
            PeriodStep(period=p, name="begin", source="no_data", target="in_progress", actor=self.writer)
            for p in periods
        )
        self._results(periods, indicators, {})
        self._each(made, shape.statements, _statement)

    def _results(
        self,
        periods: Iterable[ReportingPeriod],
        indicators: Iterable[OutcomeIndicator],
        awards: Mapping[int, Sequence[Award]],
    ) -> None:
        """Write a result of each indicator in each period: of the partner government, or of each award if given."""
        of: dict[int, list[OutcomeIndicator]] = {}
        for row in indicators:
            of.setdefault(row.partnership_id, []).append(row)
        self._made(
            Result(period=period, indicator=indicator, award=award, value=number + 1, recorded_by=self.writer)
            for number, period in enumerate(periods)
            for indicator in of.get(period.partnership_id, ())
            for award in (awards.get(period.partnership_id, ()) if awards else (None,))
        )

    def _clearance(self, made: list[Partnership]) -> None:
        """Write a text that one office cleared, with its legal finding."""
        office = Agency.objects.get(code="lt")
        versions = self._each(made, 1, lambda p, _: _text(p, self.writer))
        documents = self._each(made, 1, lambda p, _: Document(partnership=p, kind="instrument", title="Instrument"))
        files = self._each(documents, 1, _document_version)
        self._made(
            TextFile(version=version, language="English", document=file)
            for version, file in zip(versions, files, strict=True)
        )
        self._each(
            versions, 1, lambda v, _: ClearanceRequest(version=v, agency=office, asked_on=v.dated, due_on=v.dated)
        )
        self._each(
            versions, 1, lambda v, _: ClearanceAnswer(version=v, agency=office, kind="clear", answered_on=v.dated)
        )
        self._each(versions, 1, lambda v, _: LegalFinding(version=v, result="non_binding", found_on=v.dated))

    def _target(self, indicator: OutcomeIndicator, number: int) -> Target:
        assert indicator.partnership.starts_on is not None
        year = indicator.partnership.starts_on.year + number
        return Target(indicator=indicator, fiscal_year=year, value=10 * (number + 1), recorded_by=self.writer)

    def _steps(self, of: list[Partnership], steps: Iterable[tuple[str, str, str]]) -> None:
        for name, source, target in steps:
            self._made(
                StatusChange(
                    partnership=p,
                    transition=name,
                    from_status=source,
                    to_status=target,
                    effective_on=_day(p.ends_on if name == "complete" else p.starts_on),
                    actor=self.actor if name == "sign" else self.writer,
                )
                for p in of
            )

    def _money(self, made: list[Partnership]) -> None:
        shape = self.shape
        planned = Decimal(1_000_000 * shape.programs)
        self._each(made, 1, lambda p, n: _notification(p, planned))
        awards = self._each(made, shape.awards, _award)
        self._each(awards, shape.movements, _movement)
        reporting: dict[int, list[Award]] = {}
        for award in awards:
            reporting.setdefault(award.partnership_id, []).append(award)
        periods = list(ReportingPeriod.objects.filter(partnership__in=made, starts_on__month__lte=6))
        indicators = list(OutcomeIndicator.objects.filter(partnership__in=made))
        self._results(periods, indicators, reporting)
        self._each(made, shape.contributions, _contribution)


def _day(day: dt.date | None) -> dt.date:
    assert day is not None
    return day


def _partnership(number: int, states: list[Country], today: dt.date) -> Partnership:
    country, slot = states[number // SLOTS], number % SLOTS
    starts_on = dt.date(today.year - 2 * (SLOTS - 1 - slot), 1, 1)
    return Partnership(
        country=country,
        title=f"Partnership {number} with {country}",
        origin_reason="Measured",
        starts_on=starts_on,
        ends_on=dt.date(starts_on.year + 1, 12, 31),
    )


def _text(p: Partnership, writer: User) -> TextVersion:
    return TextVersion(
        partnership=p, number=1, dated=_day(p.starts_on), changed="First text.", is_material=True, drafted_by=writer
    )


def _document_version(document: Document, _: int) -> DocumentVersion:
    return DocumentVersion(document=document, number=1, file="partnerships/instrument.txt", sha256="0" * 64)


def _participant(p: Partnership, number: int) -> Participant:
    side = list(Government)[number % 2]
    return Participant(partnership=p, government=side, name=f"Office {number}", is_lead=number < 2)


def _objective(p: Partnership, number: int) -> Objective:
    return Objective(
        partnership=p,
        number=number + 1,
        title=f"Objective {number + 1}",
        paradigm="protection",
        system="protection",
        outcome="More child victims are identified and cared for",
    )


def _responsibility(p: Partnership, office: Participant, number: int) -> Responsibility:
    return Responsibility(partnership=p, participant=office, text=f"Holds meeting {number}", due_on=p.ends_on)


def _activity(p: Partnership, objective: Objective, number: int) -> Activity:
    assert p.starts_on is not None
    first = p.starts_on + dt.timedelta(days=30 * number)
    return Activity(
        partnership=p,
        objective=objective,
        title=f"Activity {number}",
        planned_start=first,
        planned_end=first + dt.timedelta(days=60),
    )


def _indicator(p: Partnership, objective: Objective, number: int) -> OutcomeIndicator:
    return OutcomeIndicator(
        partnership=p,
        objective=objective,
        code=f"PS.{number}",
        title=f"Indicator {number}",
        definition="Measured",
        level="outcome",
        paradigm="protection",
        measure="things",
        unit="cases",
        accumulation="sum",
        data_source="Register",
        method="Counted",
        frequency="quarterly",
        responsible_office="Ministry",
    )


def _period(p: Partnership, number: int) -> ReportingPeriod:
    assert p.starts_on is not None
    first = p.starts_on + dt.timedelta(days=90 * number)
    last = first + dt.timedelta(days=89)
    return ReportingPeriod(partnership=p, starts_on=first, ends_on=last, due_on=last + dt.timedelta(days=30))


def _statement(p: Partnership, number: int) -> FigureStatement:
    return FigureStatement(
        partnership=p, kind="us_total", text="USD 1", amount=1, currency="USD", source=f"Report {number}"
    )


def _notification(p: Partnership, amount: Decimal) -> CongressionalNotification:
    assert p.starts_on is not None
    sent_on = p.starts_on - dt.timedelta(days=30)
    return CongressionalNotification(partnership=p, sent_on=sent_on, amount=amount, reference="CN")


def _award(p: Partnership, number: int) -> Award:
    """Return a planned award; its first obligation activates it."""
    return Award(
        partnership=p,
        title=f"Award {number}",
        type="grant",
        recipient=f"Organization {number}",
        recipient_type="civil_society",
        starts_on=p.starts_on,
        ends_on=p.ends_on,
    )


def _movement(award: Award, number: int) -> LedgerEntry:
    kind, amount = (("award", 600_000), ("obligation", 90_000), ("disbursement", 20_000))[min(number, 1 + number % 2)]
    assert award.starts_on is not None
    return LedgerEntry(award=award, kind=kind, amount=amount, on=award.starts_on, fiscal_year=award.starts_on.year)


def _contribution(p: Partnership, number: int) -> Contribution:
    assert p.starts_on is not None
    return Contribution(
        partnership=p,
        government=list(Government)[number % 2],
        kind="cash" if number % 2 else "staff",
        stage="pledged",
        fiscal_year=p.starts_on.year + number % 2,
        description=f"Contribution {number}",
        amount_usd=1000 * (number + 1),
        source="Measured",
    )
