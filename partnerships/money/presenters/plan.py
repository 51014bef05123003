"""The plan against contributions as a table: a group for each government, kind, and unit, a row for each program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cpc.currency_codes import US_DOLLAR
from cpc.fiscal_years import last_day_of_year
from cpc.web import formats
from cpc.web.tables import Column, Table
from partnerships.models import CashAccount, ContributionKind, Government, Partnership
from partnerships.money.spending_queries import PROJECT_FUNDS, Position
from partnerships.yearly_plan import NOT_VALUED, STAFF_YEARS, PlanCell, PlanGroup, PlanRow, Source

NO_REPORT = "No report"
NO_PROGRAM = "No program named"
UNIT_NAMES = {US_DOLLAR: "U.S. dollars", NOT_VALUED: "without a stated value"}


@dataclass(frozen=True, slots=True)
class YearText:
    """One fiscal year of a line: what was contributed, of what was planned."""

    year: int
    given: str
    planned: str
    is_missing: bool


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One row as text. `past` are closed years, `later` the others."""

    name: str
    past: Sequence[YearText]
    planned: str
    given: str
    given_note: str
    difference: str
    difference_note: str
    is_under: bool
    later: Sequence[YearText]
    whole: str
    whole_note: str


@dataclass(frozen=True, slots=True)
class PlanPart:
    """One group with its lines. A group of one line has no total."""

    label: str
    unit: str
    lines: Sequence[PlanLine]
    total: PlanLine | None


@dataclass(frozen=True, slots=True)
class PlanTable:
    """The whole table. `sentence` is its finding, through `until`, the last day of the last closed year."""

    parts: Sequence[PlanPart]
    past: Sequence[int]
    later: Sequence[int]
    until: str
    sentence: str

    @property
    def columns(self) -> int:
        return len(self.past) + len(self.later) + 5


def plan_table(position: Position, partnership: Partnership) -> PlanTable | None:
    """Return the table, or None if nothing is planned by year and nothing was contributed."""
    groups = position.groups
    if not groups:
        return None
    years = [cell.year for cell in groups[0].total.years]
    until = formats.day(last_day_of_year(position.closed))
    names = {key: program.title for key, program in position.programs.items()}
    parts = [_part(group, position, names, partnership.country.name) for group in groups]
    past, later = _split(years, position.closed)
    return PlanTable(parts, past, later, until, _sentence(groups, partnership.country.name, until))


def _split(years: Iterable[int], closed: int) -> tuple[list[int], list[int]]:
    known = list(years)
    return [year for year in known if year <= closed], [year for year in known if year > closed]


def _part(group: PlanGroup, position: Position, names: Mapping[int, str], country: str) -> PlanPart:
    source, closed = group.source, position.closed
    allocated = position.allocated if source == PROJECT_FUNDS else {}
    lines = [
        _line(
            names.get(row.program, NO_PROGRAM) if row.program is not None else NO_PROGRAM,
            row,
            closed,
            allocated.get((row.program, source.government)) if row.program is not None else None,
        )
        for row in group.rows
    ]
    total = _line("Total", group.total, closed, None) if len(lines) > 1 else None
    return PlanPart(group_label(source, country), unit_name(source.unit), lines, total)


def group_label(source: Source, country: str) -> str:
    """Return who gives and what a figure of the group is, such as "United States: expended"."""
    who = country if source.government == Government.PARTNER else "United States"
    if source == PROJECT_FUNDS:
        return f"{who}: expended under awards"
    kind, _, account = source.kind.partition(":")
    if account:
        return f"{who}: cash from {CashAccount(account).label}, not counted toward the limit"
    return f"{who}: {ContributionKind(kind).label.lower()}, reported"


def unit_name(unit: str) -> str:
    return UNIT_NAMES.get(unit, unit)


def quantity(value: Decimal | None) -> str:
    """Return an amount with its decimals only if it has any."""
    if value is None:
        return formats.DASH
    if value == value.to_integral_value():
        return formats.number(value)
    return formats.number(value.normalize(), None)


def _line(name: str, row: PlanRow, closed: int, allocated: Decimal | None) -> PlanLine:
    years = [_year(cell) for cell in row.years]
    past, later = [year for year in years if year.year <= closed], [year for year in years if year.year > closed]
    at_least = row.is_at_least
    unverified = row.given_to_date - row.verified_to_date
    note = "at least" if at_least else f"{quantity(unverified)} not verified" if unverified else ""
    return PlanLine(
        name=name,
        past=past,
        planned=quantity(row.planned_to_date),
        given=quantity(row.given_to_date),
        given_note=note,
        difference=quantity(row.difference),
        difference_note=_share(row),
        is_under=row.difference is not None and row.difference < 0,
        later=later,
        whole=quantity(row.whole),
        whole_note=_against_allocation(row.whole, allocated),
    )


def _year(cell: PlanCell) -> YearText:
    planned = "" if cell.planned is None else f"of {quantity(cell.planned)}"
    given = quantity(cell.given)
    if cell.is_missing:
        given = f"{given}, at least" if cell.given else NO_REPORT
    return YearText(cell.year, given, planned, cell.is_missing)


def _share(row: PlanRow) -> str:
    """Return how far a row is under or over its plan. A shortfall with a report missing is an upper bound."""
    if row.difference is None or row.share is None or row.difference == 0:
        return ""
    share = formats.share(abs(row.share))
    if row.difference < 0:
        return f"{'at most ' if row.is_at_least else ''}{share} under"
    return f"{'at least ' if row.is_at_least else ''}{share} over"


def _against_allocation(whole: Decimal | None, allocated: Decimal | None) -> str:
    if allocated is None or whole == allocated:
        return ""
    if whole is None:
        return f"{quantity(allocated)} allocated, not by year"
    difference = allocated - whole
    if difference < 0:
        return f"{quantity(-difference)} more than the allocation of {quantity(allocated)}"
    return f"{quantity(difference)} of {quantity(allocated)} not planned by year"


def amount_in(source: Source, value: Decimal) -> str:
    """Return an amount with its unit, and its kind unless it is plain cash: "$1,200", "XTS 300 in kind"."""
    if source.unit == STAFF_YEARS:
        return formats.count_of(value.normalize(), "staff-year")
    kind, _, account = source.kind.partition(":")
    beside = " from another account" if account else {"in_kind": " in kind", "staff": " of staff"}.get(kind, "")
    return f"${quantity(value)}{beside}" if source.unit == US_DOLLAR else f"{source.unit} {quantity(value)}{beside}"


def _sentence(groups: Sequence[PlanGroup], country: str, until: str) -> str:
    """Return how far each government is from its plan, in each unit."""
    parts = [part for side in Government for part in _side(groups, side, country)]
    if not parts:
        return "Nothing is planned by fiscal year yet, so what was contributed can't be compared."
    missing = sum(group.total.is_at_least for group in groups)
    end = " Reports are missing, so a shortfall may be smaller." if missing else ""
    return f"To {until}, {'; '.join(parts)}.{end}"


def _side(groups: Sequence[PlanGroup], side: Government, country: str) -> Iterator[str]:
    differences = [
        (group.source, group.total.difference)
        for group in groups
        if group.source.government == side and group.total.difference is not None
    ]
    who = country if side is Government.PARTNER else "the United States"
    under = [amount_in(source, -of) for source, of in differences if of < 0]
    over = [amount_in(source, of) for source, of in differences if of > 0]
    parts = [f"{formats.listing(under)} under its plan"] if under else []
    parts += [f"{formats.listing(over)} over {'it' if under else 'its plan'}"] if over else []
    if parts:
        yield f"{who} is {' and '.join(parts)}"
    elif differences:
        yield f"{who} gave what it planned"


# ---- file ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileRow:
    """One program of one group in one fiscal year."""

    source: Source
    program: str
    cell: PlanCell
    country: str


def file_rows(position: Position, partnership: Partnership) -> list[FileRow]:
    names = {key: program.title for key, program in position.programs.items()}
    return [
        FileRow(group.source, names.get(row.program or 0, NO_PROGRAM), cell, partnership.country.name)
        for group in position.groups
        for row in group.rows
        for cell in row.years
        if cell.planned is not None or cell.given is not None or cell.is_missing
    ]


PLAN_FILE: Table[FileRow] = Table(
    "Plan against contributions",
    [
        Column("Group", lambda row: group_label(row.source, row.country), width=40),
        Column("Unit", lambda row: row.source.unit),
        Column("Program", lambda row: row.program, width=30),
        Column("Fiscal year", lambda row: row.cell.year, width=12),
        Column("Planned", lambda row: row.cell.planned, "number"),
        Column("Contributed", lambda row: row.cell.given, "number"),
        Column("Verified", lambda row: row.cell.verified, "number"),
        Column("Report", lambda row: "Missing" if row.cell.is_missing else ""),
    ],
)
