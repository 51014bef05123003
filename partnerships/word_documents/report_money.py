"""Money of one fiscal year for the annual report: the ledger in dollars, and contributions in their own units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from cpc.grouping import grouped
from cpc.web import formats
from partnerships.lookups.ledger import effect
from partnerships.models import Contribution, ContributionStage, Government, LedgerEntry, Partnership
from partnerships.word_documents.report_year import ReportYear
from partnerships.word_documents.wording import dollars

ZERO = Decimal("0.00")
DOLLARS, WORK, NO_VALUE = "U.S. dollars", "years of work", "no stated value"
PLANNED, NOTIFIED, OBLIGATED, DISBURSED = "planned", "notified", "obligated", "disbursed"
LABELS = {
    PLANNED: "Planned by the United States, whole term",
    NOTIFIED: "Notified to Congress",
    OBLIGATED: "Obligated, net",
    DISBURSED: "Disbursed, net",
}
"""Lines of money in their order; the plan of the whole term has no amount of a year."""


@dataclass(frozen=True, slots=True)
class YearMoney:
    """Project funds in dollars, by the key of their line: in the fiscal year, and from the beginning to its end."""

    in_year: Mapping[str, Decimal]
    to_date: Mapping[str, Decimal]

    def __add__(self, other: YearMoney) -> YearMoney:
        return YearMoney(_added(self.in_year, other.in_year), _added(self.to_date, other.to_date))

    def rows(self) -> list[dict[str, str]]:
        return [
            {
                "label": label,
                "in_year": dollars(self.in_year[key]) if key in self.in_year else formats.DASH,
                "to_date": dollars(self.to_date[key]) if key in self.to_date else formats.DASH,
            }
            for key, label in LABELS.items()
        ]


NONE_YET = YearMoney({}, {})


def _added(first: Mapping[str, Decimal], second: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {key: first.get(key, ZERO) + second.get(key, ZERO) for key in (*first, *(set(second) - set(first)))}


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
    return YearMoney(in_year, to_date)


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
            "kind": row.kind.lower() if row.unit != WORK else f"{row.kind.lower()}, in {WORK}",
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
