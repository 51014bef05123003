"""Benchmark of the money and results of one partnership: 500 partnerships with 10,000 ledger rows against a tenth.

Both numbers are read through whole requests, in one process and one database. Each partnership has four awards with
five ledger entries, four accepted financial reports, a plan by year, and contributions in two currencies.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from decimal import Decimal

from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.fiscal_years import last_closed_year, last_day_of_year
from partnerships.models import (
    Award,
    FinancialReport,
    LedgerEntry,
    Partnership,
    PlannedYear,
    Program,
    ReportDue,
    ReportEvent,
    ReportEventKind,
)
from tests.bench.many import Shape, make_many
from tests.bench.measuring import Row, getting, medians, query_count, row
from tests.support.accounts import make_account

MANY, ROUNDS = 500, 30
MONEY = Shape(2, 2, 3, 2, 2, 6, 2, 4, 4, 5, 12, 0)
SLOT_THAT_RUNS = 5
GOAL = 1.5


def run() -> list[Row]:
    """Measure the pages of money and results at ten times the data (goal 1.5), with the same number of queries."""
    with (
        transaction.atomic(),
        tempfile.TemporaryDirectory() as folder,
        override_settings(ALLOWED_HOSTS=["*"], MEDIA_ROOT=folder),
    ):
        analyst, signs = make_account(Role.ANALYST), make_account(Role.APPROVER)
        today = timezone.now().date()
        page = Client()
        page.force_login(analyst)
        make_many(range(MANY // 10), shape=MONEY, writer=analyst, actor=signs, today=today)
        _report(analyst, today)
        key = Partnership.objects.order_by("pk")[SLOT_THAT_RUNS].pk
        pages = {"money": f"/partnerships/{key}/money/", "results": f"/partnerships/{key}/results/"}
        before = {name: _read(page, url) for name, url in pages.items()}
        make_many(range(MANY // 10, MANY), shape=MONEY, writer=analyst, actor=signs, today=today)
        _report(analyst, today)
        entries = LedgerEntry.objects.count()
        assert entries >= 20 * MANY, entries
        found = []
        for name, url in pages.items():
            (least, few), (most, many) = before[name], _read(page, url)
            assert few == many, f"{name} takes {few} queries, and {many} with {MANY} partnerships"
            detail = f"{most:.1f} ms against {least:.1f} ms, {many} queries both"
            found.append(row(f"{name} with {MANY} partnerships, {entries:,} ledger rows", most, least, GOAL, detail))
        transaction.set_rollback(True)
        return found


def _read(client: Client, url: str) -> tuple[float, int]:
    call = getting(client, url)
    return medians(call, rounds=ROUNDS)[0], query_count(call)


def _report(writer: User, today: dt.date) -> None:
    """Write four accepted reports of each award without any, and a plan of each program without one."""
    awards = list(Award.objects.filter(reports_due__isnull=True))
    ends = list(_quarter_ends(today))
    reports = ReportDue.objects.bulk_create(
        ReportDue(
            award=award, kind="financial", frequency="quarterly", period_start=end - dt.timedelta(days=80),
            period_end=end, due_on=end + dt.timedelta(days=30),
        )
        for award in awards
        for end in ends
    )  # fmt: skip
    for kind in (ReportEventKind.RECEIVED, None, ReportEventKind.ACCEPTED):
        if kind is None:
            FinancialReport.objects.bulk_create(
                FinancialReport(
                    report=report, received_on=report.period_end, cash_receipts=number, cash_disbursements=number,
                    authorized=Decimal(1000), expended=Decimal(100 + number % 4 * 100),
                )
                for number, report in enumerate(reports)
            )  # fmt: skip
            continue
        ReportEvent.objects.bulk_create(
            ReportEvent(report=report, kind=kind, on=today, recorded_by=writer) for report in reports
        )
    year = last_closed_year(today)
    programs = Program.objects.filter(planned_years__isnull=True)
    PlannedYear.objects.bulk_create(
        PlannedYear(
            partnership_id=program.partnership_id, program=program, government=government, kind="cash", unit=unit,
            fiscal_year=year + later, amount=Decimal(300_000),
        )
        for program in programs
        for government, unit in (("us", "USD"), ("partner", "KES"))
        for later in (0, 1, 2)
    )  # fmt: skip


def _quarter_ends(today: dt.date) -> Iterator[dt.date]:
    end = last_day_of_year(last_closed_year(today))
    for back in (1, 0):
        yield end.replace(year=end.year - back, month=6)
        yield end.replace(year=end.year - back)
