"""Plan of both governments by fiscal year against what they contributed, in the unit of each. Pure.

22 U.S.C. 7103a(d)(2)(C) and (E) ask for each government's allocations and for estimates of its contributions in a
multi-year plan. Units are never added: each government, kind, and unit is a group of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)
STAFF_YEARS = "staff-years"
NOT_VALUED = "not valued"


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Subject of a group: the government that gives, the kind, and the unit.

    `unit` is the three letters of a currency, `STAFF_YEARS`, or `NOT_VALUED`.
    """

    government: str
    kind: str
    unit: str


@dataclass(frozen=True, slots=True)
class PlannedCell:
    """An amount planned for one program in one fiscal year. A program of None is none in particular."""

    source: Source
    program: int | None
    year: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class GivenCell:
    """A contribution to one program in one fiscal year.

    `amount` is None for a contribution without a stated value.
    """

    source: Source
    program: int | None
    year: int
    amount: Decimal | None
    is_verified: bool = True


@dataclass(frozen=True, slots=True)
class PlanCell:
    """One fiscal year of a row. `planned` and `given` are None if nothing is on record.

    `is_missing` is true for a closed year whose report is not on record, so that `given` is at least what it shows.
    """

    year: int
    planned: Decimal | None
    given: Decimal | None
    verified: Decimal
    is_missing: bool


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One program, or the total, of a group: its years, and the sums over the closed ones.

    `planned_to_date` is None if no closed or later year is planned. `given_to_date` is a lower bound if `is_at_least`.
    """

    program: int | None
    years: Sequence[PlanCell]
    planned_to_date: Decimal | None
    given_to_date: Decimal
    verified_to_date: Decimal
    is_at_least: bool
    whole: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """Return what was contributed less what was planned to date; None without a plan."""
        return None if self.planned_to_date is None else self.given_to_date - self.planned_to_date

    @property
    def share(self) -> Decimal | None:
        """Return the difference as a share of the plan to date; None without a plan above zero."""
        if self.difference is None or not self.planned_to_date:
            return None
        return self.difference / self.planned_to_date


@dataclass(frozen=True, slots=True)
class PlanGroup:
    """The rows of one source with their total."""

    source: Source
    rows: Sequence[PlanRow]
    total: PlanRow


def reconcile(
    planned: Iterable[PlannedCell],
    given: Iterable[GivenCell],
    *,
    closed: int,
    order: Sequence[int | None],
    years: Iterable[int] = (),
    reports: Mapping[Source, Collection[tuple[int | None, int]]] | None = None,
) -> list[PlanGroup]:
    """Return the groups of a plan with what was contributed, the United States before the partner; rows follow `order`.

    `closed` is the last closed fiscal year, through which sums to date run, and `years` are shown besides those that
    occur. `reports` has the programs and closed years whose reports are missing, for each source that reports so. Of
    every other source, a closed year with a plan and without any contribution is missing.
    """
    plans, gifts = _added_plans(planned), _listed_gifts(given)
    shown = sorted({*years, *(key[2] for key in plans), *(key[2] for key in gifts)})
    sources = sorted({key[0] for key in plans} | {key[0] for key in gifts} | set(reports or ()), key=_rank)
    groups = []
    for source in sources:
        programs = {key[1] for key in (*plans, *gifts) if key[0] == source}
        known = (reports or {}).get(source)
        rows = [
            _row(source, program, shown, closed, plans, gifts, known)
            for program in sorted(programs, key=lambda one: order.index(one) if one in order else len(order))
        ]
        if rows:
            groups.append(PlanGroup(source, rows, _total(rows, shown, closed, known is not None)))
    return groups


def _rank(source: Source) -> tuple[bool, str, bool, str]:
    """Return the order of groups: the United States before the partner, cash before the rest, and dollars first."""
    return source.government != "us", source.kind, source.unit != "USD", source.unit


_Key = tuple[Source, "int | None", int]


def _added_plans(cells: Iterable[PlannedCell]) -> dict[_Key, Decimal]:
    found: dict[_Key, Decimal] = defaultdict(lambda: ZERO)
    for cell in cells:
        found[cell.source, cell.program, cell.year] += cell.amount
    return dict(found)


def _listed_gifts(cells: Iterable[GivenCell]) -> dict[_Key, list[GivenCell]]:
    found: dict[_Key, list[GivenCell]] = defaultdict(list)
    for cell in cells:
        found[cell.source, cell.program, cell.year].append(cell)
    return dict(found)


def _row(
    source: Source,
    program: int | None,
    years: Sequence[int],
    closed: int,
    plans: Mapping[_Key, Decimal],
    gifts: Mapping[_Key, Sequence[GivenCell]],
    reports: Collection[tuple[int | None, int]] | None,
) -> PlanRow:
    cells = []
    for year in years:
        planned = plans.get((source, program, year))
        given = gifts.get((source, program, year), ())
        if reports is None:
            is_missing = year <= closed and bool(planned) and not given
        else:
            is_missing = year <= closed and (program, year) in reports
        amounts = [cell.amount for cell in given if cell.amount is not None]
        verified = sum((cell.amount for cell in given if cell.amount is not None and cell.is_verified), ZERO)
        cells.append(PlanCell(year, planned, sum(amounts, ZERO) if given else None, verified, is_missing))
    return _summed(program, cells, closed, reports is not None)


def _summed(program: int | None, cells: Sequence[PlanCell], closed: int, is_cumulative: bool) -> PlanRow:
    to_date = [cell for cell in cells if cell.year <= closed]
    plans = [cell.planned for cell in cells if cell.planned is not None]
    return PlanRow(
        program=program,
        years=cells,
        planned_to_date=sum((cell.planned or ZERO for cell in to_date), ZERO) if plans else None,
        given_to_date=sum((cell.given or ZERO for cell in to_date), ZERO),
        verified_to_date=sum((cell.verified for cell in to_date), ZERO),
        is_at_least=any(cell.is_missing for cell in (to_date[-1:] if is_cumulative else to_date)),
        whole=sum(plans, ZERO) if plans else None,
    )


def _total(rows: Sequence[PlanRow], years: Sequence[int], closed: int, is_cumulative: bool) -> PlanRow:
    cells = []
    for at, year in enumerate(years):
        of_year = [row.years[at] for row in rows]
        planned = [cell.planned for cell in of_year if cell.planned is not None]
        given = [cell.given for cell in of_year if cell.given is not None]
        cells.append(
            PlanCell(
                year,
                sum(planned, ZERO) if planned else None,
                sum(given, ZERO) if given else None,
                sum((cell.verified for cell in of_year), ZERO),
                any(cell.is_missing for cell in of_year),
            )
        )
    return _summed(None, cells, closed, is_cumulative)
