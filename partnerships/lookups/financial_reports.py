"""Federal financial reports (SF-425) in effect, the accepted ones, and their differences with explanations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from partnerships.financial_lines import LedgerAt, LineDifference, differences
from partnerships.ledger_days import ZERO, DayEnd, day_ends
from partnerships.lookups.ledger import movement
from partnerships.models import (
    Award,
    DifferenceExplanation,
    FinancialReport,
    LedgerEntry,
    Partnership,
    ReportDue,
    ReportEvent,
    ReportEventKind,
)
from partnerships.schedules import ReportFrequency

ORDER = ("report__award_id", "report__period_end", "report__due_on", "report_id")
"""By award, then by the end of the period; a final report follows the interim one that ends on the same day."""


_STATE = Subquery(ReportEvent.objects.filter(report=OuterRef("report")).order_by("-pk").values("kind")[:1])


def lines_in_effect() -> QuerySet[FinancialReport]:
    """Return the lines that no others replace, with `state`, the kind of their report's newest event."""
    rows = FinancialReport.objects.filter(replaced_by__isnull=True).select_related("report")
    return rows.annotate(state=_STATE).order_by(*ORDER)


def accepted_reports(
    *, awards: Iterable[Award] | None = None, partnerships: Iterable[Partnership] | None = None
) -> dict[int, list[FinancialReport]]:
    """Return, by the key of the award, the lines in effect of accepted reports, by the end of their periods.

    For awards, for all awards of partnerships, or for every award. A report counts as accepted if that is its newest
    event. Awards without one are left out. One query.
    """
    rows = lines_in_effect().alias(accepted=_STATE).filter(accepted=ReportEventKind.ACCEPTED)
    if awards is not None:
        rows = rows.filter(report__award__in=awards)
    if partnerships is not None:
        rows = rows.filter(report__award__partnership__in=partnerships)
    found: dict[int, list[FinancialReport]] = defaultdict(list)
    for row in rows:
        found[row.report.award_id].append(row)
    return dict(found)


def accepted_before(report: ReportDue) -> FinancialReport | None:
    """Return the accepted lines of the last report of the award before this one."""
    before = [
        row
        for row in accepted_reports(awards=[report.award]).get(report.award_id, ())
        if _key(row.report) < _key(report)
    ]
    return before[-1] if before else None


def _key(report: ReportDue) -> tuple[object, ...]:
    return report.period_end, report.due_on, report.pk


@dataclass(frozen=True, slots=True)
class Explained:
    """One difference of a report, and what explains it."""

    difference: LineDifference
    explanation: DifferenceExplanation | None


@dataclass(frozen=True, slots=True)
class Reported:
    """The lines of one report in effect, with their differences."""

    lines: FinancialReport
    differences: Sequence[Explained]

    @property
    def unexplained(self) -> list[LineDifference]:
        return [each.difference for each in self.differences if each.explanation is None]


def reported(awards: Iterable[Award]) -> dict[int, list[Reported]]:
    """Return the reports in effect of awards with their differences, by award and end of the period.

    Four queries at most.

    An explanation holds for the amount that it explained: if that changes, the difference is unexplained again.
    """
    keys = [award.pk for award in awards]
    rows = list(lines_in_effect().filter(report__award__in=keys).prefetch_related("explanations__recorded_by"))
    ledgers: dict[int, list[LedgerEntry]] = defaultdict(list)
    for entry in LedgerEntry.objects.filter(award__in={row.report.award_id for row in rows}).only(
        "award", "on", "kind", "amount", "fund"
    ):
        ledgers[entry.award_id].append(entry)
    ends = {award: day_ends(movement(entry) for entry in ledger) for award, ledger in ledgers.items()}
    accepted: dict[int, FinancialReport] = {}
    found: dict[int, list[Reported]] = defaultdict(list)
    for row in rows:
        award = row.report.award_id
        found[award].append(_reported(row, ends.get(award, []), accepted.get(award)))
        if row.state == ReportEventKind.ACCEPTED:  # type: ignore[attr-defined]  # annotated
            accepted[award] = row
    return dict(found)


def _reported(row: FinancialReport, ends: Sequence[DayEnd], previous: FinancialReport | None) -> Reported:
    last = next((end for end in reversed(ends) if end.on <= row.report.period_end), None)
    ledger = LedgerAt(last.obligated, last.disbursed) if last else LedgerAt(ZERO, ZERO)
    is_final = row.report.frequency == ReportFrequency.FINAL
    explained = {(each.line, each.difference): each for each in row.explanations.all()}
    return Reported(
        row,
        [
            Explained(each, explained.get((str(each.line), Decimal(each.amount))))
            for each in differences(row, ledger, previous, is_final=is_final)
        ],
    )


def reported_of(lines: FinancialReport) -> Reported:
    """Return the differences of one report's lines, which must be in effect."""
    rows = reported([lines.report.award])[lines.report.award_id]
    return next(row for row in rows if row.lines.pk == lines.pk)
