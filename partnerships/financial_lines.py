"""Differences of a federal financial report (SF-425) from the ledger, from itself, and from the report before. Pure.

A difference is no error: it may be right, and stays on a list until somebody explains it. A recipient that is
reimbursed disburses (10b) before it receives (10a). The instructions of the form give no bound for 10g, so that 10h may
be negative; they ask for zero in line 10f of a final report.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from cpc.findings import Finding, Severity
from partnerships.limits import usd
from partnerships.schedules import ReportFrequency, ends_quarter, nearest_quarter_end

LINE_9 = "SF-425 instructions, line 9; 2 CFR 200.328"
QUARTER_ENDS = "Interim financial reports end on March 31, June 30, September 30, or December 31"


class FormLine(enum.StrEnum):
    RECEIPTS = "10a"
    DISBURSEMENTS = "10b"
    AUTHORIZED = "10d"
    EXPENDED = "10e"
    UNLIQUIDATED = "10f"
    TOTAL = "10g"
    RECIPIENT = "10j"


FIELD_OF = {
    FormLine.RECEIPTS: "cash_receipts",
    FormLine.DISBURSEMENTS: "cash_disbursements",
    FormLine.AUTHORIZED: "authorized",
    FormLine.EXPENDED: "expended",
    FormLine.UNLIQUIDATED: "unliquidated",
    FormLine.TOTAL: "expended",
    FormLine.RECIPIENT: "recipient_expended",
}
"""The column where a difference of a line is shown."""

CUMULATIVE = (FormLine.RECEIPTS, FormLine.DISBURSEMENTS, FormLine.EXPENDED, FormLine.RECIPIENT)
"""Lines that only grow, unless an earlier report was wrong or money was paid back. 10d follows the award."""


class ReportLines(Protocol):
    """The lines that differences are computed from. The recipient share may be missing."""

    @property
    def cash_receipts(self) -> Decimal: ...
    @property
    def cash_disbursements(self) -> Decimal: ...
    @property
    def authorized(self) -> Decimal: ...
    @property
    def expended(self) -> Decimal: ...
    @property
    def unliquidated(self) -> Decimal: ...
    @property
    def recipient_expended(self) -> Decimal | None: ...
    @property
    def federal_share(self) -> Decimal: ...
    @property
    def remarks(self) -> str: ...


@dataclass(frozen=True, slots=True)
class LineDifference:
    """One difference: its line, its signed amount (the line less what it is compared with), and the sentence."""

    line: FormLine
    amount: Decimal
    message: str

    @property
    def field(self) -> str:
        return FIELD_OF[self.line]


@dataclass(frozen=True, slots=True)
class LedgerAt:
    """The sums of an award's ledger at the end of a reporting period."""

    obligated: Decimal
    disbursed: Decimal


def _over(amount: Decimal) -> str:
    return f"{usd(abs(amount))} {'more' if amount > 0 else 'less'}"


def differences(
    lines: ReportLines, ledger: LedgerAt, previous: ReportLines | None, *, is_final: bool
) -> list[LineDifference]:
    """Return the differences of a report, in the order of its lines.

    `ledger` is as of the end of the period, and `previous` the accepted report before.
    """
    return [*_from_ledger(lines, ledger), *_within(lines, is_final=is_final), *_falls(lines, previous)]


def _from_ledger(lines: ReportLines, ledger: LedgerAt) -> Iterator[LineDifference]:
    for line, stated, booked, what in (
        (FormLine.RECEIPTS, lines.cash_receipts, ledger.disbursed, "disbursed"),
        (FormLine.AUTHORIZED, lines.authorized, ledger.obligated, "obligated"),
    ):
        if stated != booked:
            message = f"{_over(stated - booked)} than the {usd(booked)} that the ledger has {what} by the period end."
            yield LineDifference(line, stated - booked, message)


def _within(lines: ReportLines, *, is_final: bool) -> Iterator[LineDifference]:
    if lines.cash_disbursements > lines.cash_receipts:
        over = lines.cash_disbursements - lines.cash_receipts
        message = f"{_over(over)} than line 10a, so that 10c is negative: is it to be reimbursed?"
        yield LineDifference(FormLine.DISBURSEMENTS, over, message)
    if is_final and lines.unliquidated:
        message = f"{usd(lines.unliquidated)} is unliquidated. The form asks for zero in a final report."
        yield LineDifference(FormLine.UNLIQUIDATED, lines.unliquidated, message)
    if lines.federal_share > lines.authorized:
        over = lines.federal_share - lines.authorized
        yield LineDifference(
            FormLine.TOTAL, over, f"Lines 10e and 10f are {_over(over)} than line 10d, so that 10h is negative."
        )


def _falls(lines: ReportLines, previous: ReportLines | None) -> Iterator[LineDifference]:
    """Yield the cumulative lines below those of the report before, unless the remarks explain them."""
    if previous is None or lines.remarks.strip():
        return
    for line in CUMULATIVE:
        now, before = getattr(lines, FIELD_OF[line]), getattr(previous, FIELD_OF[line])
        if now is not None and before is not None and now < before:
            yield LineDifference(line, now - before, _fell(now, before))


def _fell(now: Decimal, before: Decimal) -> str:
    return f"{_over(now - before)} than the {usd(before)} of the accepted report before; the line is cumulative."


def unexplained_falls(lines: ReportLines, previous: ReportLines | None) -> list[Finding]:
    """Return an error for each cumulative line below that of the accepted report before, without remarks."""
    return [
        Finding(
            "cumulative_falls",
            Severity.ERROR,
            f"{each.message} Enter at least {usd(getattr(previous, each.field))}, or explain it in the remarks.",
            each.field,
            "SF-425 instructions, line 10",
        )
        for each in _falls(lines, previous)
    ]


def period_ends_quarter(period_end: date, frequency: str, last_day: date | None) -> list[Finding]:
    """Check that an interim financial report ends with a calendar quarter, or else with its award."""
    if frequency == ReportFrequency.FINAL or ends_quarter(period_end) or period_end == last_day:
        return []
    nearest = nearest_quarter_end(period_end)
    message = f"{QUARTER_ENDS}, also for awards that began on another day. Did you mean {nearest}?"
    return [Finding("period_quarter", Severity.ERROR, message, "period_end", LINE_9)]
