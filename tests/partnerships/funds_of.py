"""Funds, notifications from them, and scheduled reports for tests."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from partnerships.awards.services import awards as awards_services
from partnerships.awards.services.financial_reports import record_financial_report
from partnerships.awards.services.reports import record_report_event, schedule_reports
from partnerships.funds.services import add_fund
from partnerships.models import Award, FinancialReport, Fund, LedgerEntry, LedgerKind, Partnership, ReportDue
from partnerships.money.services import record_notification
from partnerships.schedules import ReportFrequency, ReportKind
from tests.worlds.partnerships.build import START, Active, Stage

DAY = timedelta(days=1)
EXPIRES, CANCELED = date(2022, 9, 30), date(2025, 9, 30)
FIRST = START + 40 * DAY


def fund(stage: Stage, first: int = 2021, last: int = 2022, **values: Any) -> Fund:
    row = Fund(account="incle", first_fiscal_year=first, last_fiscal_year=last, **values)
    return add_fund(fund=row, actor=stage.analyst)


def dated(stage: Stage) -> Fund:
    return fund(stage, expires_on=EXPIRES, canceled_on=CANCELED, days_from="Warrant 21-07")


def notify_from(stage: Stage, partnership: Partnership, of: Fund | None, amount: str, sent_on: date = START) -> None:
    record_notification(
        partnership=partnership, sent_on=sent_on, amount=Decimal(amount), reference=f"CN {of}", fund=of,
        actor=stage.analyst,
    )  # fmt: skip


def signed(stage: Stage, planned: str = "1000.00") -> Partnership:
    partnership = stage.draft()
    stage.program(partnership, planned)
    return stage.sign(partnership)


def enter(award: Award, kind: LedgerKind, amount: str, of: Fund | None, on: date, stage: Stage) -> LedgerEntry:
    late: dict[str, Any] = {"note": "Settled", "authority": "Terms of the award"} if on > date(2026, 1, 1) else {}
    return awards_services.record_ledger_entry(
        award=award, kind=kind, amount=Decimal(amount), fund=of, on=on, actor=stage.analyst, **late
    )


def unsaved(award: Award, kind: str, amount: str, of: Fund | None, on: date) -> LedgerEntry:
    return LedgerEntry(award=award, kind=kind, amount=Decimal(amount), fund=of, on=on, fiscal_year=2022)


def scheduled(award: Award, stage: Stage, frequency: ReportFrequency = ReportFrequency.QUARTERLY) -> list[ReportDue]:
    return schedule_reports(award=award, kind=ReportKind.FINANCIAL, frequency=frequency, actor=stage.analyst)


LINES = {"cash_receipts": "60.00", "cash_disbursements": "55.00", "authorized": "100.00", "expended": "70.00"}


def received(
    report: ReportDue, stage: Stage, *, is_accepted: bool = False, replaces: FinancialReport | None = None, **lines: str
) -> FinancialReport:
    amounts: dict[str, Any] = {
        name: value if name == "remarks" else Decimal(value)
        for name, value in ({"unliquidated": "0.00"} | LINES | lines).items()
    }
    row = record_financial_report(
        report=report, received_on=report.period_end + 20 * DAY, actor=stage.analyst, replaces=replaces, **amounts
    )
    if is_accepted:
        step(report, "accepted", stage)
    return row


def step(report: ReportDue, kind: str, stage: Stage) -> None:
    record_report_event(report=report, kind=kind, on=report.period_end + 30 * DAY, actor=stage.analyst, note="Checked")


__all__ = ("Active",)
