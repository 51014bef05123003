"""Ledger entries with funds and SF-425 reports on one sheet: checked in their order, named at their cells."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from partnerships.awards.services.financial_reports import explain_difference
from partnerships.financial_lines import FormLine
from partnerships.limits import add_months
from partnerships.lookups.financial_reports import reported
from partnerships.models import Award, FinancialReport, Fund, LedgerEntry, ReportEvent
from partnerships.schedules import ReportFrequency, end_of_period
from tests.partnerships.funds_of import DAY, enter, fund, notify_from, scheduled
from tests.partnerships.sending import client_of, page_text
from tests.partnerships.term_sheets.sending import SheetPage
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
START = add_months(TODAY, -24)
END = add_months(START, 48)
QUARTER = end_of_period(START, ReportFrequency.QUARTERLY)
EXPIRED = TODAY - timedelta(days=10)


class Office:
    """A partnership that was notified of $100 from a fund that expired ten days ago, and of $300 from another."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.partnership = stage.draft("KEN", starts_on=START, ends_on=END)
        stage.program(self.partnership, "1000.00")
        stage.sign(self.partnership, START)
        self.old = fund(stage, 2021, 2022, expires_on=EXPIRED, days_from="Warrant 1")
        self.new = fund(stage, 2023, 2024)
        notify_from(stage, self.partnership, self.old, "100.00", START - timedelta(days=20))
        notify_from(stage, self.partnership, self.new, "300.00", START - timedelta(days=20))
        self.center, self.network = (self.award(name) for name in ("A center", "A network"))
        scheduled(self.center, stage)

    def award(self, recipient: str) -> Award:
        award = self.stage.award(self.partnership, "200.00", recipient)
        Award.objects.filter(pk=award.pk).update(recipient=recipient, starts_on=START, ends_on=END)
        award.refresh_from_db()
        return award

    def sheet(self, *rows: dict[str, str]) -> SheetPage:
        page = SheetPage(client_of(self.stage.analyst), f"/partnerships/{self.partnership.pk}/money/ledger/")
        for row in rows:
            page.add("report" if "period_end" in row else "entry", **row)
        return page


@pytest.fixture
def office(stage: Stage) -> Office:
    return Office(stage)


def entry(kind: str, amount: str, named: str, on: date = START, award: str = "A center") -> dict[str, str]:
    return {"on": on.isoformat(), "award": award, "kind": kind, "amount": amount, "fund": named}


def report(**lines: str) -> dict[str, str]:
    usual = {
        "award": "A center", "period_end": QUARTER.isoformat(), "received_on": (QUARTER + 20 * DAY).isoformat(),
        "cash_receipts": "60", "cash_disbursements": "55", "authorized": "100", "expended": "70", "unliquidated": "0",
    }  # fmt: skip
    return usual | lines


OLD, NEW = "INCLE, FY 2021/2022", "FY 2023/2024"
FITS = (entry("obligation", "100", OLD), entry("disbursement", "60", OLD), report())


def nothing_is_saved() -> bool:
    return not (LedgerEntry.objects.exclude(kind="award").exists() or FinancialReport.objects.exists()
                or ReportEvent.objects.exists())  # fmt: skip


def test_a_report_sees_the_entries_above_it_and_all_rows_go_in(office: Office) -> None:
    assert office.sheet(*FITS).send().status_code == 302
    (found,) = reported([office.center])[office.center.pk]
    assert (found.lines.cash_on_hand, found.unexplained) == (Decimal(5), [])
    assert [row.kind for row in ReportEvent.objects.all()] == ["received"]
    assert set(LedgerEntry.objects.exclude(kind="award").values_list("fund", flat=True)) == {office.old.pk}


LATE = entry("obligation", "10", OLD, EXPIRED + DAY, "A network")
WRONG = [
    (LATE, "Ledger entry 4, Fund", "FY 2023/2024 has $300.00 left."),
    (entry("disbursement", "40.50", OLD), "Ledger entry 4, Amount", "The largest amount of this entry is $40.00."),
    (entry("obligation", "200.01", NEW, award="A network"), "Ledger entry 4, ", "$200.00"),
    ({**entry("disbursement", "1", OLD), "on": "2025-11-31"}, "Ledger entry 4, ", "November has 30 days."),
    (entry("disbursement", "1", OLD, TODAY + DAY), "Ledger entry 4, ", "future"),
    (entry("disbursement", "1", "FY 1999/2000"), "Ledger entry 4, Fund", "There are: INCLE, FY 2021/2022"),
    (report(period_end=(QUARTER + DAY).isoformat()), "Report 3, Period end", "Did you mean"),
    (report(award="A network"), "Report 3, Period end", "Schedule its reports first."),
    (report(received_on=(QUARTER - DAY).isoformat()), "Report 3, Received", "Enter that day or a later one."),
    (report(cash_receipts="much"), "Report 3, 10a Cash receipts", ""),
    (report(), "Report 3, Period end", "Open them, and replace them there."),
]  # fmt: skip


@pytest.mark.parametrize(("row", "cell", "remedy"), WRONG)
def test_a_wrong_row_is_named_at_its_cell_and_nothing_is_half_saved(
    office: Office, row: dict[str, str], cell: str, remedy: str
) -> None:
    page = office.sheet(*FITS, row)
    assert page.send().status_code == 422
    assert len(page.errors) == 1, page.errors
    assert page.errors[0].startswith(cell)
    assert remedy in page.errors[0]
    assert "One of four rows doesn't fit" in page.html.replace("&#x27;", "'")
    assert page.html.count("Fits") == 2
    assert nothing_is_saved()
    # The page still has every row: the same sheet without the wrong one is saved.
    assert office.sheet(*FITS).send().status_code == 302


def test_the_nearest_quarter_is_named(office: Office) -> None:
    page = office.sheet(report(period_end=(QUARTER + 20 * DAY).isoformat()))
    page.send()
    assert page.errors[0].endswith(f"Did you mean {QUARTER:%b} {QUARTER.day}, {QUARTER.year}?"), page.errors


def test_a_difference_is_shown_first_then_saved_and_stays_until_it_is_explained(office: Office) -> None:
    page = office.sheet(*FITS[:2], report(cash_receipts="70"))
    assert page.send().status_code == 422
    assert page.errors == [
        "Report 2, 10a Cash receipts: $10.00 more than the $60.00 that the ledger has disbursed by the period end."
    ]
    assert "is-warn" in page.html
    assert nothing_is_saved()
    # Another value after that is another difference.
    changed = SheetPage(page.client, page.url)
    for row in (*FITS[:2], report(cash_receipts="71")):
        changed.add("report" if "period_end" in row else "entry", **row)
    changed.fields["noted"] = page.fields["noted"]
    assert changed.send().status_code == 422
    assert nothing_is_saved()
    assert page.send().status_code == 302
    lines = FinancialReport.objects.get()
    url = f"/partnerships/{office.partnership.pk}/awards/{office.center.pk}/"
    assert "$10.00 more than the $60.00" in page_text(page.client.get(url))
    explain_difference(
        lines=lines, line=FormLine.RECEIPTS, difference=Decimal(10), text="In transit", actor=office.stage.analyst
    )
    assert "In transit" in page_text(page.client.get(url))
    assert reported([office.center])[office.center.pk][0].unexplained == []


def test_an_award_that_has_ended_takes_its_final_report_and_no_obligation(office: Office) -> None:
    ended = TODAY - timedelta(days=5)
    enter(office.network, "obligation", "20.00", office.old, START, office.stage)  # type: ignore[arg-type]
    Award.objects.filter(pk=office.network.pk).update(ends_on=ended)
    office.network.refresh_from_db()
    scheduled(office.network, office.stage, ReportFrequency.FINAL)
    final = report(
        award="A network", period_end=ended.isoformat(), received_on=TODAY.isoformat(), cash_receipts="0",
        cash_disbursements="0", authorized="20", expended="15", unliquidated="0",
    )  # fmt: skip
    assert office.sheet(final).send().status_code == 302
    assert FinancialReport.objects.get().unobligated == 5
    interim = office.sheet({**final, "period_end": (ended - DAY).isoformat()})
    assert interim.send().status_code == 422
    assert interim.errors[0].startswith("Report 2, Period end")


def test_a_pasted_block_and_a_workbook_bring_both_kinds(office: Office) -> None:
    page = office.sheet()
    block = "\t".join([START.isoformat(), "A center", "Obligation", NEW, "50", "Payment 1"])
    assert page.send("paste", **{"pasted": block, "pasted-kind": "entry"}).status_code == 200
    assert page.value("entry", 0, "fund") == NEW
    workbook = page.client.get(f"{page.url}?format=xlsx")
    book = load_workbook(io.BytesIO(workbook.content))
    assert {"Ledger entries", "Sf-425 reports"} <= {name.capitalize() for name in book.sheetnames} | set(
        book.sheetnames
    )
    assert page.send().status_code == 302
    assert Fund.objects.get(ledger__kind="obligation") == office.new
