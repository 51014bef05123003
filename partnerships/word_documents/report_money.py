"""Money of one fiscal year for the annual report: the ledger in dollars, and contributions in their own units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Min

from cpc.currency_codes import US_DOLLAR
from cpc.grouping import grouped
from cpc.web import formats
from partnerships.budgets.queries import planned_years
from partnerships.lookups.financial_reports import accepted_reports
from partnerships.lookups.ledger import effect
from partnerships.models import (
    Contribution,
    ContributionKind,
    ContributionStage,
    Government,
    LedgerEntry,
    Partnership,
)
from partnerships.word_documents.report_year import ReportYear
from partnerships.word_documents.wording import dollars

ZERO = Decimal("0.00")
DOLLARS, WORK, NO_VALUE = "U.S. dollars", "years of work", "no stated value"
PLANNED, OF_YEARS, NOTIFIED, OBLIGATED, DISBURSED, EXPENDED = (
    "planned", "of_years", "notified", "obligated", "disbursed", "expended"
)  # fmt: skip
LABELS = {
    PLANNED: "Planned by the United States, whole term",
    OF_YEARS: "Planned by fiscal year",
    NOTIFIED: "Notified to Congress",
    OBLIGATED: "Obligated, net",
    DISBURSED: "Disbursed, net",
    EXPENDED: "Expended, as recipients report",
}
"""Lines of money in their order; the plan of the whole term has no amount of a year."""


@dataclass(frozen=True, slots=True)
class YearMoney:
    """Project funds in dollars, by the key of their line: in the fiscal year, and from the beginning to its end.

    A line without an amount is not known. `at_least` holds the lines of which a part is not known.
    """

    in_year: Mapping[str, Decimal]
    to_date: Mapping[str, Decimal]
    at_least: Set[str] = frozenset()

    def rows(self) -> list[dict[str, str]]:
        known = [key for key in LABELS if key in self.in_year or key in self.to_date]
        return [
            {"label": LABELS[key], "in_year": self._text(self.in_year, key), "to_date": self._text(self.to_date, key)}
            for key in known
        ]

    def _text(self, amounts: Mapping[str, Decimal], key: str) -> str:
        if key not in amounts:
            return formats.DASH
        return f"at least {dollars(amounts[key])}" if key in self.at_least else dollars(amounts[key])


def total_of(parts: Sequence[YearMoney]) -> YearMoney:
    """Return the sums over partnerships. What is not known of one makes its line a lower bound."""
    sums: list[dict[str, Decimal]] = [{}, {}]
    unknown = {key for part in parts for key in part.at_least}
    for total, amounts in zip(sums, ([part.in_year for part in parts], [part.to_date for part in parts]), strict=True):
        for key in {key for each in amounts for key in each}:
            total[key] = sum((each[key] for each in amounts if key in each), ZERO)
            unknown |= {key} if any(key not in each for each in amounts) else set()
    return YearMoney(sums[0], sums[1], frozenset(unknown))


def year_money(partnership: Partnership, report: ReportYear) -> YearMoney:
    """Return the project funds of a partnership. Amounts of a notification are those in effect now."""
    in_year: dict[str, Decimal] = dict.fromkeys((NOTIFIED, OBLIGATED, DISBURSED), ZERO)
    to_date = {PLANNED: partnership.planned_total} | in_year
    moved = [
        (row.sent_on, NOTIFIED, row.amount)
        for row in partnership.notifications.filter(replaced_by__isnull=True, sent_on__lte=report.last)
    ]
    entries = LedgerEntry.objects.filter(award__partnership=partnership, on__lte=report.last)
    moved += [(on, *effect(kind, amount)) for on, kind, amount in entries.values_list("on", "kind", "amount")]
    for on, total, amount in moved:
        if total in to_date:
            to_date[total] += amount
            in_year[total] += amount if report.has(on) else ZERO
    if plan := _planned_by_year(partnership):
        in_year[OF_YEARS] = plan.get(report.year, ZERO)
        to_date[OF_YEARS] = sum((amount for year, amount in plan.items() if year <= report.year), ZERO)
    return _with_expended(YearMoney(in_year, to_date), partnership, report)


def _planned_by_year(partnership: Partnership) -> dict[int, Decimal]:
    """Return the cash in dollars that the United States plans, by fiscal year; empty without a yearly plan."""
    plan: dict[int, Decimal] = {}
    for row in planned_years(partnership):
        if (row.government, row.kind, row.unit) == (Government.UNITED_STATES, ContributionKind.CASH, US_DOLLAR):
            plan[row.fiscal_year] = plan.get(row.fiscal_year, ZERO) + row.amount
    return plan


def _with_expended(found: YearMoney, partnership: Partnership, report: ReportYear) -> YearMoney:
    """Add what recipients report as expended: line 10e of the last SF-425 accepted, up to the end of the year.

    It is a lower bound if a report up to that day is missing. The amount of the year is known only of awards with a
    report up to the end of the year before, or without any obligation then.
    """
    obligated = LedgerEntry.objects.filter(award__partnership=partnership, kind="obligation", on__lte=report.last)
    first_days: dict[int, date] = dict(obligated.values_list("award").annotate(first=Min("on")))
    reports = accepted_reports(partnerships=[partnership])
    in_year, to_date, is_split, is_whole = ZERO, ZERO, True, True
    for award, first_day in first_days.items():
        own = [row for row in reports.get(award, []) if row.report.period_end <= report.last]
        before = [row for row in own if row.report.period_end < report.first]
        is_whole = is_whole and bool(own) and own[-1].report.period_end == report.last
        is_split = is_split and (bool(before) or first_day >= report.first)
        to_date += own[-1].expended if own else ZERO
        in_year += (own[-1].expended if own else ZERO) - (before[-1].expended if before else ZERO)
    if not any(row.report.period_end <= report.last for rows in reports.values() for row in rows):
        return found
    more = {EXPENDED: in_year} if is_split else {}
    return YearMoney(
        {**found.in_year, **more},
        {**found.to_date, EXPENDED: to_date},
        found.at_least if is_whole else found.at_least | {EXPENDED},
    )


@dataclass(slots=True)
class UnitTotal:
    """Contributions of one government in one kind and unit, by stage. `unvalued` counts rows without any value."""

    government: str
    kind: str
    unit: str
    by_stage: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    unvalued: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def text(self, stage: str) -> str:
        if self.unit == NO_VALUE:
            return formats.count_of(self.unvalued[stage], "contribution") if self.unvalued[stage] else formats.DASH
        if stage not in self.by_stage:
            return formats.DASH
        value = self.by_stage[stage]
        if self.unit == DOLLARS:
            return dollars(value)
        if self.unit == WORK:
            return formats.number(value.normalize() if value else value, None if value % 1 else 0)
        return f"{self.unit} {formats.number(value, 2).removesuffix('.00')}"


def contributions_in(partnerships: Sequence[Partnership], report: ReportYear) -> list[Contribution]:
    """Return the contributions of the fiscal year that no later statement replaces."""
    rows = Contribution.objects.filter(
        partnership__in=[row.pk for row in partnerships], fiscal_year=report.year, replaced_by__isnull=True
    )
    return list(rows.order_by("government", "kind", "pk"))


def unit_totals(rows: Iterable[Contribution]) -> list[UnitTotal]:
    """Return the sums by government, kind, and unit; the United States come first. Units are never added."""
    totals = []
    groups = grouped(rows, lambda row: (row.government, row.get_kind_display(), _unit(row)[0]))
    for (government, kind, unit), group in sorted(groups.items(), key=lambda each: (each[0][0] != "us", each[0])):
        total = UnitTotal(government, kind, unit)
        for row in group:
            value = _unit(row)[1]
            if value is None:
                total.unvalued[row.stage] += 1
            else:
                total.by_stage[row.stage] += value
        totals.append(total)
    return totals


def contribution_rows(totals: Iterable[UnitTotal], partner: str) -> list[dict[str, str]]:
    """Return the rows of a table of contributions; `partner` names the partner government or governments."""
    return [
        {
            "who": "United States" if row.government == Government.UNITED_STATES else partner,
            "kind": row.kind if row.unit != WORK else f"{row.kind}, in {WORK}",
            "pledged": row.text(ContributionStage.PLEDGED),
            "reported": row.text(ContributionStage.REPORTED),
            "verified": row.text(ContributionStage.VERIFIED),
        }
        for row in totals
    ]


def _unit(row: Contribution) -> tuple[str, Decimal | None]:
    """Return the unit in which a contribution is stated, and its value in it."""
    if row.original_amount is not None:
        return row.original_currency, row.original_amount
    if row.amount_usd is not None:
        return DOLLARS, row.amount_usd
    return (WORK, row.staff_years) if row.staff_years is not None else (NO_VALUE, None)
