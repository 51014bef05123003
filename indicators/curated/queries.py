"""Programs of U.S. agencies, national plans, their versions, and spending from ForeignAssistance.gov as context."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import Count, Q, QuerySet

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from indicators.models import Country, NationalPlan, Observation, PlanKind, ProgramSector, USGProgram
from indicators.sources.foreign_assistance import DISBURSED_BY_SECTOR, DISBURSEMENTS, OBLIGATED_BY_SECTOR, OBLIGATIONS

RUNNING, NOT_BEGUN, ENDED, UNKNOWN = "Running", "Not started", "Ended", "May be running"


def may_read_assessments(user: User) -> bool:
    """Return True if the user may read the office's assessments; a reviewer sees only the facts."""
    return user.allows(Permission.VIEW_RANKINGS)


def program_status(program: USGProgram, day: dt.date) -> str:
    """Return the status of a program on a day, as far as its days are known."""
    if program.starts_on is not None and day < program.starts_on:
        return NOT_BEGUN
    if program.ends_on is not None and program.ends_on < day:
        return ENDED
    return UNKNOWN if program.starts_on is None or program.ends_on is None else RUNNING


@dataclass(frozen=True, slots=True)
class Total:
    label: str
    programs: int
    known: Decimal
    with_amount: int

    @property
    def without_amount(self) -> int:
        return self.programs - self.with_amount

    @property
    def is_whole(self) -> bool:
        return self.programs == self.with_amount


def total(label: str, programs: Sequence[USGProgram]) -> Total:
    amounts = [program.amount for program in programs if program.amount is not None]
    return Total(label, len(programs), sum(amounts, Decimal(0)), len(amounts))


@dataclass(frozen=True, slots=True)
class ProgramsOf:
    country: Country
    programs: Sequence[USGProgram]
    total: Total
    by_sector: Sequence[Total]


def programs_of(country: Country, as_of: dt.datetime | None = None) -> ProgramsOf:
    """Return the programs live at a moment (None is now), with totals by sector.

    Totals keep known and unknown amounts separate.
    """
    rows = USGProgram.objects.as_of(as_of).filter(country=country).select_related("country", "batch")
    order = {sector: rank for rank, sector in enumerate(ProgramSector.values)}
    ordered = sorted(rows, key=lambda p: (order[p.sector], p.agency.casefold(), p.title.casefold(), p.pk))
    sectors = [
        total(ProgramSector(key).label, [p for p in ordered if p.sector == key])
        for key in dict.fromkeys(p.sector for p in ordered)
    ]
    return ProgramsOf(country, ordered, total("All", ordered), sectors)


def programs(
    *, query: str = "", country: str = "", agency: str = "", sector: str = "", running_on: dt.date | None = None
) -> QuerySet[USGProgram]:
    """Filter the live programs. `country` is a code, `agency` a name or short name as recorded.

    `running_on` leaves out programs that are known not to run on the day; one with unknown days stays.
    """
    rows = USGProgram.objects.live().select_related("country", "batch", "recorded_by")
    if query:
        rows = rows.filter(
            Q(title__icontains=query)
            | Q(implementer__icontains=query)
            | Q(country__name__icontains=query)
            | Q(agency__icontains=query)
        )
    if country:
        rows = rows.filter(country__code=country)
    if agency:
        rows = rows.filter(Q(agency=agency) | Q(agency_code=agency))
    if sector:
        rows = rows.filter(sector=sector)
    return known_to_run_on(rows, running_on) if running_on else rows


def known_to_run_on(rows: QuerySet[USGProgram], day: dt.date) -> QuerySet[USGProgram]:
    """Leave out programs that are known not to run on the day."""
    return rows.exclude(starts_on__gt=day).exclude(ends_on__lt=day)


def countries_with_programs() -> list[Country]:
    return list(Country.objects.filter(usg_programs__superseded_at__isnull=True, usg_programs__isnull=False).distinct())


def agencies() -> list[tuple[str, int]]:
    """Return the agencies with a live program, each with the number of programs."""
    rows = USGProgram.objects.live().order_by("agency").values_list("agency").annotate(Count("pk"))
    return list(rows)


@dataclass(frozen=True, slots=True)
class AssistanceYear:
    """Amounts of ForeignAssistance.gov for a country and fiscal year, in current dollars.

    An amount is None if the publisher states none.
    """

    period: str
    obligated: Observation | None
    disbursed: Observation | None

    @property
    def is_partial(self) -> bool:
        """Return True if agencies had reported only part of the year."""
        return any(row is not None and row.quality == "unconfirmed" for row in (self.obligated, self.disbursed))


@dataclass(frozen=True, slots=True)
class AssistanceSector:
    series: str
    years: Sequence[AssistanceYear]


@dataclass(frozen=True, slots=True)
class Assistance:
    """U.S. foreign assistance to a country: context that does not affect a score."""

    country: Country
    years: Sequence[AssistanceYear]
    sectors: Sequence[AssistanceSector]


def assistance_of(country: Country, *, as_of: int | None = None, years: int = 10) -> Assistance:
    """Return obligations and disbursements of the newest fiscal years, as of a publication.

    `as_of` is a publication number; None is now. The newest year comes first.
    """
    codes = {spec.code for spec in (OBLIGATIONS, DISBURSEMENTS, OBLIGATED_BY_SECTOR, DISBURSED_BY_SECTOR)}
    rows = list(
        Observation.objects.as_of(as_of)
        .filter(country=country, indicator__code__in=codes)
        .select_related("indicator__source", "file")
        .order_by("-year", "-period")
    )
    total = [row for row in rows if row.indicator.code in (OBLIGATIONS.code, DISBURSEMENTS.code)]
    parts = [row for row in rows if row.indicator.code in (OBLIGATED_BY_SECTOR.code, DISBURSED_BY_SECTOR.code)]
    series = sorted({row.series for row in parts})
    return Assistance(
        country,
        _years(total, OBLIGATIONS.code, DISBURSEMENTS.code)[:years],
        [
            AssistanceSector(
                name,
                _years(
                    [row for row in parts if row.series == name], OBLIGATED_BY_SECTOR.code, DISBURSED_BY_SECTOR.code
                )[:years],
            )
            for name in series
        ],
    )


def _years(rows: Iterable[Observation], obligated: str, disbursed: str) -> list[AssistanceYear]:
    by_sector: dict[str, dict[str, Observation]] = {}
    for row in rows:
        by_sector.setdefault(row.period, {})[row.indicator.code] = row
    return [AssistanceYear(period, by.get(obligated), by.get(disbursed)) for period, by in by_sector.items()]


Row = TypeVar("Row", USGProgram, NationalPlan)


def history_of(row: Row, *related: str) -> list[Row]:
    """Return all versions, this one included, from the newest to the first; `related` is read with each."""
    rows = type(row)._default_manager
    newest = row
    while (later := rows.filter(replaces=newest).first()) is not None:
        newest = later
    versions = [newest]
    while (earlier := versions[-1].replaces_id) is not None:
        versions.append(rows.select_related("recorded_by", "superseded_by", *related).get(pk=earlier))
    return versions


NO_END, NOT_YET, IN_FORCE, OVER = "Last year not known", "Not started", "Within its period", "Period ended"


def period_of(plan: NationalPlan, today: dt.date) -> str:
    """Compare a plan's period with a day, as far as its years are known."""
    if plan.starts_year is not None and today.year < plan.starts_year:
        return NOT_YET
    if plan.ends_year is None:
        return NO_END
    return OVER if plan.ends_year < today.year else IN_FORCE


@dataclass(frozen=True, slots=True)
class PlansOf:
    country: Country
    plans: Sequence[NationalPlan]

    @property
    def missing(self) -> list[PlanKind]:
        """Return the kinds without a recorded plan.

        A missing record means unknown, not that there is no plan.
        """
        there = {plan.kind for plan in self.plans}
        return [kind for kind in PlanKind if kind not in there]

    def of_kind(self, kind: str) -> list[NationalPlan]:
        return [plan for plan in self.plans if plan.kind == kind]


def plans_of(country: Country, as_of: dt.datetime | None = None) -> PlansOf:
    """Return the plans on record at a moment (None is now), by kind, the newest first."""
    rows = NationalPlan.objects.as_of(as_of).filter(country=country).select_related("country", "recorded_by")
    return PlansOf(country, list(rows.order_by("kind", "-starts_year", "pk")))


def plans(*, query: str = "", kind: str = "", status: str = "", country: str = "") -> QuerySet[NationalPlan]:
    """Filter the live plans; `country` is a code, `query` a part of a country's name or of a title."""
    rows = NationalPlan.objects.live().select_related("country", "recorded_by")
    rows = rows.order_by("country__name", "kind", "-starts_year", "pk")
    if query:
        rows = rows.filter(title__icontains=query) | rows.filter(country__name__icontains=query)
    for name, value in (("kind", kind), ("status", status), ("country__code", country)):
        if value:
            rows = rows.filter(**{name: value})
    return rows
