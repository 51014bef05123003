"""Spending of a partnership: its plan by year, its awards with their reports and budgets, and what was contributed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cpc.currency_codes import US_DOLLAR
from cpc.fiscal_years import last_closed_year
from partnerships.budgets.queries import (
    BudgetInEffect,
    budgets_of,
    newest_allocations,
    parts_of,
    planned_years,
)
from partnerships.ledger_days import Moved, day_ends
from partnerships.lookups.financial_reports import accepted_reports
from partnerships.lookups.ledger import movement
from partnerships.lookups.rule_inputs import years_of
from partnerships.models import (
    Award,
    AwardState,
    Contribution,
    ContributionKind,
    ContributionStage,
    FinancialReport,
    Government,
    LedgerEntry,
    Partnership,
    Program,
)
from partnerships.spending import Expended, Outlook, Spending, expended_by_year, outlook_of, spending_of
from partnerships.valuation import stated_amount, stated_unit
from partnerships.yearly_plan import STAFF_YEARS, GivenCell, PlanGroup, PlannedCell, Source, reconcile

PROJECT_FUNDS = Source(Government.UNITED_STATES, ContributionKind.CASH, US_DOLLAR)
"""Project funds: planned by program and year, and contributed as recipients expend them."""
_OVER = frozenset({AwardState.TERMINATED, AwardState.ENDED, AwardState.CLOSED})


@dataclass(frozen=True, slots=True)
class AwardSpending:
    """One award with its spending, its budget, and its last accepted report.

    `parts` is what that report expended by category of the budget; empty if it has no categories.
    """

    award: Award
    spending: Spending
    budget: BudgetInEffect | None
    last: FinancialReport | None
    parts: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Position:
    """The spending of a partnership.

    `groups` are the plan against contributions, through the fiscal year `closed`. `allocated` holds what the instrument
    allocates by program and government. `obligated` and `expended` are cumulative, by day.
    """

    awards: Sequence[AwardSpending]
    outlook: Outlook
    groups: Sequence[PlanGroup]
    programs: Mapping[int, Program]
    allocated: Mapping[tuple[int, str], Decimal]
    closed: int
    obligated: Sequence[tuple[date, Decimal]]
    expended: Sequence[tuple[date, Decimal]]

    def group(self, source: Source) -> PlanGroup | None:
        return next((group for group in self.groups if group.source == source), None)


def spending_position(
    partnership: Partnership, awards: Sequence[Award], contributions: Sequence[Contribution], today: date
) -> Position:
    """Return the spending of a partnership from its awards and the contributions in effect. Nine queries.

    A pledge is the plan of its year where no plan by year is entered.
    """
    reports = accepted_reports(awards=awards)
    budgets = budgets_of(awards)
    parts = parts_of(own[-1] for own in reports.values())
    closed = last_closed_year(today)
    programs = {program.pk: program for program in partnership.programs.order_by("pk")}
    spent = [
        AwardSpending(
            award,
            _spending(award, own),
            budgets.get(award.pk),
            own[-1] if own else None,
            parts.get(own[-1].pk, {}) if own else {},
        )
        for award in awards
        for own in [reports.get(award.pk, [])]
    ]
    expended, missing = _expended_cells(awards, reports, closed)
    groups = reconcile(
        _planned_cells(partnership, contributions),
        [*expended, *_given_cells(contributions, pledged=False)],
        closed=closed,
        order=[*programs],
        years=years_of(partnership),
        reports={PROJECT_FUNDS: missing},
    )
    return Position(
        spent,
        outlook_of(each.spending for each in spent),
        groups,
        programs,
        newest_allocations(partnership),
        closed,
        _obligated(partnership),
        _expended_by_day(reports),
    )


def _spending(award: Award, reports: Iterable[FinancialReport]) -> Spending:
    ended = award.ended_on if award.state in _OVER else None
    points = [Expended(row.report.period_end, row.expended) for row in reports]
    return spending_of(award.obligated_total, points, award.starts_on, ended)


def _expended_cells(
    awards: Iterable[Award], reports: Mapping[int, Sequence[FinancialReport]], closed: int
) -> tuple[list[GivenCell], set[tuple[int | None, int]]]:
    """Return what awards expended by program and year, and the programs and years whose reports are missing.

    An award without an obligation has nothing to report.
    """
    cells, missing = [], set()
    for award in awards:
        points = [Expended(row.report.period_end, row.expended) for row in reports.get(award.pk, ())]
        amounts, lacking = expended_by_year(points, award.starts_on, award.last_day, closed)
        cells += [GivenCell(PROJECT_FUNDS, award.program_id, year, amount) for year, amount in amounts.items()]
        if award.obligated_total or points:
            missing |= {(award.program_id, year) for year in lacking}
    return cells, missing


def _planned_cells(partnership: Partnership, contributions: Iterable[Contribution]) -> list[PlannedCell]:
    """Return the plan by year, and what is pledged to a year without a plan."""
    planned = [
        PlannedCell(
            Source(row.government, row.kind, row.unit or STAFF_YEARS), row.program_id, row.fiscal_year, row.amount
        )
        for row in planned_years(partnership)
    ]
    known = {(cell.source, cell.program, cell.year) for cell in planned}
    return planned + [
        PlannedCell(cell.source, cell.program, cell.year, cell.amount)
        for cell in _given_cells(contributions, pledged=True)
        if cell.amount is not None and (cell.source, cell.program, cell.year) not in known
    ]


def _given_cells(contributions: Iterable[Contribution], *, pledged: bool) -> list[GivenCell]:
    """Return contributions that were reported or verified, or those that are only pledged, which aren't given yet.

    Cash of the United States from another account is no project fund: it is a group of its own.
    """
    return [
        GivenCell(
            Source(row.government, f"{row.kind}:{row.account}" if row.account else row.kind, stated_unit(row)),
            row.program_id,
            row.fiscal_year,
            stated_amount(row),
            row.stage == ContributionStage.VERIFIED,
        )
        for row in contributions
        if (row.stage == ContributionStage.PLEDGED) == pledged
    ]


def _obligated(partnership: Partnership) -> list[tuple[date, Decimal]]:
    entries = LedgerEntry.objects.filter(award__partnership=partnership).order_by("on", "pk")
    moved: list[Moved] = [movement(entry) for entry in entries]
    ends = [(end.on, end.obligated) for end in day_ends(moved)]
    return [end for before, end in zip([(None, Decimal(0)), *ends], ends, strict=False) if end[1] != before[1]]


def _expended_by_day(reports: Mapping[int, Sequence[FinancialReport]]) -> list[tuple[date, Decimal]]:
    """Return what all awards expended to the end of each reported period; an award keeps its last report until then."""
    by_day: dict[date, dict[int, Decimal]] = defaultdict(dict)
    for award, rows in reports.items():
        for row in rows:
            by_day[row.report.period_end][award] = row.expended
    known: dict[int, Decimal] = {}
    found = []
    for day in sorted(by_day):
        known |= by_day[day]
        found.append((day, sum(known.values(), Decimal(0))))
    return found
