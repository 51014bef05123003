from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.lists import ListPage, declare
from cpc.web.markup import badge, link
from cpc.web.sheets.rows import SheetRow
from cpc.web.tables import Column, Table
from partnerships.amendments.presenters import describe_value, field_label
from partnerships.limit_exceptions.presenters import Fact
from partnerships.limit_position import award_headroom
from partnerships.lookups.financial_reports import Explained, Reported
from partnerships.models import LEDGER_EFFECT, Award, CloseoutStep, LedgerEntry
from partnerships.models.award_reports import ReportDue, ReportEventKind
from partnerships.schedules import ReportFrequency, ReportKind

_COMBINED = frozenset(
    {
        "title",
        "type",
        "recipient",
        "recipient_type",
        "starts_on",
        "ends_on",
        "competed",
        "not_competed_because",
        "certifies_training",
        "certifies_no_promotion",
    }
)
"""Columns that the page combines with others or describes in a phrase of its own."""
SOON = 30


@dataclass(frozen=True, slots=True)
class Movement:
    """A ledger entry with its signed amount and the totals of the award after it."""

    entry: LedgerEntry
    signed: Decimal
    awarded: Decimal
    obligated: Decimal
    disbursed: Decimal


def movements(ledger: Sequence[LedgerEntry]) -> list[Movement]:
    totals = dict.fromkeys(("awarded", "obligated", "disbursed"), Decimal("0.00"))
    rows = []
    for entry in ledger:
        total, sign = LEDGER_EFFECT[entry.kind]
        totals[total] += sign * entry.amount
        rows.append(Movement(entry, sign * entry.amount, **totals))
    return rows


def award_facts(award: Award) -> list[Fact]:
    left = award_headroom(award)
    return [
        Fact("Awarded", formats.dollars(award.awarded_total)),
        Fact(
            "Obligated, net",
            formats.dollars(award.obligated_total),
            f"{formats.dollars(left.obligated)} left to obligate",
        ),
        Fact(
            "Disbursed",
            formats.dollars(award.disbursed_total),
            f"{formats.dollars(left.disbursed)} left to disburse",
        ),
        Fact("Sub-awarded", formats.dollars(award.subawarded_total), "part of the award"),
    ]


def description(award: Award) -> list[tuple[str, str]]:
    days = f"{formats.day(award.starts_on)} to {formats.day(award.ends_on)}" if award.starts_on else "Not dated"
    if award.ended_on:
        days = f"{days}; ended {formats.day(award.ended_on)}"
    columns = [column for column in Award._meta.concrete_fields if column.editable and not column.primary_key]
    values = [
        (column, column.value_from_object(award))
        for column in columns
        if not column.is_relation and column.name not in _COMBINED
    ]
    return [
        ("Recipient", f"{award.recipient} ({award.get_recipient_type_display().lower()})"),
        ("Instrument", award.get_type_display()),
        ("Program", award.program.title if award.program else formats.DASH),
        ("Days", days),
        *(
            (field_label(column), formats.DASH if value in (None, "") else describe_value(column, value, {}))
            for column, value in values
        ),
        ("Competed", "Yes" if award.competed else f"No: {award.not_competed_because}"),
        ("Staff training", "Certified" if award.certifies_training else "Not certified"),
        ("Prostitution", "Statement received" if award.certifies_no_promotion else "No statement"),
    ]


EVENTS = {
    "accepted": Badge("good", "Accepted"),
    "waived": Badge("none", "Waived"),
    "received": Badge("info", "Received, not reviewed"),
    "returned": Badge("warn", "Returned"),
}


def report_badge(row: ReportDue, today: date) -> Badge:
    newest = getattr(row, "newest_kind", None)
    if newest in EVENTS:
        return EVENTS[newest]
    if row.award.ended_on and row.period_start > row.award.ended_on:
        return Badge("none", "Not due: the award had ended")
    if late := formats.late_by(row.due_on, today):
        return Badge("warn", late, "alarm")
    if (row.due_on - today).days <= SOON:
        return Badge("info", f"Due {formats.relative_day(row.due_on, today)}")
    return Badge("none", "Not due")


def closeout_badge(row: CloseoutStep, today: date) -> Badge:
    if row.not_applicable_because:
        return Badge("none", "Does not apply")
    if row.done_on:
        return Badge("good", f"Done {formats.day(row.done_on)}")
    if row.due_on < today:
        return Badge("warn", "Overdue", "alarm")
    return Badge("info", f"Due {formats.relative_day(row.due_on, today)}")


LEDGER_LIST = declare(ListPage("ledger", "Ledger of an award", "entry", "entries", "award"))
LEDGER_FILE: Sequence[Column[Movement]] = (
    Column("Day", lambda row: row.entry.on, "day", width=12),
    Column("Fiscal year of the funds", lambda row: row.entry.fiscal_year, width=12, name="funds"),
    Column("Fund", lambda row: str(row.entry.fund or ""), width=24),
    Column("Movement", lambda row: row.entry.get_kind_display(), width=24),
    Column("USD", lambda row: row.signed, "dollars"),
    Column("Awarded after", lambda row: row.awarded, "dollars", name="awarded"),
    Column("Obligated after", lambda row: row.obligated, "dollars", name="obligated"),
    Column("Disbursed after", lambda row: row.disbursed, "dollars", name="disbursed"),
    Column("Reference", lambda row: row.entry.reference, width=20),
    Column("Note", lambda row: row.entry.note, width=40),
    Column("Authority", lambda row: row.entry.authority, width=30),
    Column("Recorded", lambda row: row.entry.at, "moment", width=20),
    Column("Number", lambda row: row.entry.pk, width=10),
)


LEDGER: Table[Movement] = Table(
    "Ledger",
    [
        Column(
            "Entry",
            lambda row: row.entry.get_kind_display(),
            detail=lambda row: _entry_detail(row.entry),
            name="movement",
            holds=("movement", "funds", "fund", "reference", "note", "authority"),
        ),
        Column("Date", lambda row: row.entry.on, "day", name="day"),
        Column("U.S. dollars", lambda row: row.signed, "dollars", name="usd"),
        Column("Awarded", lambda row: row.awarded, "dollars"),
        Column("Obligated", lambda row: row.obligated, "dollars"),
        Column("Disbursed", lambda row: row.disbursed, "dollars"),
    ],
    caption="Ledger entries with the totals after each",
    file=LEDGER_FILE,
)


def _entry_detail(entry: LedgerEntry) -> str:
    funds = str(entry.fund) if entry.fund else f"{formats.fiscal_year(entry.fiscal_year)} funds"
    return " · ".join(part for part in (funds, entry.reference, entry.note, entry.authority) if part)


def reports_table(award: Award, today: date, *, records: bool) -> Table[ReportDue]:
    """Return the table of reports. With `records`, each links to the form to record an event."""

    def state(row: ReportDue) -> SafeString:
        events = (
            (event.get_kind_display(), formats.day(event.on), f": {event.note}" if event.note else "")
            for event in row.events.all()
        )
        return format_html(
            "{}{}",
            badge(report_badge(row, today)),
            format_html_join("", '<p class="u-small u-muted">{} {}{}</p>', events),
        )

    def record(row: ReportDue) -> SafeString:
        url = reverse("award-report", args=[award.partnership_id, award.pk, row.pk])
        event = link(url, "Record", f" what happened to report {row.pk}")
        if row.kind != ReportKind.FINANCIAL:
            return event
        lines = reverse("award-report-lines", args=[award.partnership_id, award.pk, row.pk])
        return format_html('<div class="c-links">{} {}</div>', event, link(lines, "Lines", f" of report {row.pk}"))

    columns: list[Column[ReportDue]] = [
        Column(
            "Report",
            lambda row: row.get_kind_display(),
            detail=lambda row: (
                f"{row.get_frequency_display()}, {formats.day(row.period_start)} to {formats.day(row.period_end)}"
            ),
        ),
        Column("Due", lambda row: row.due_on, "day"),
        Column("State", state),
    ]
    if records:
        columns.append(Column("Change", record, hidden_label=True))
    return Table("Reports", columns, caption="Reports and due dates")


def financial_state(row: Reported) -> str:
    """Return what happened last to an SF-425: "Final. Received Apr 27, 2026, accepted"."""
    state = getattr(row.lines, "state", "")
    final = "Final. " if row.lines.report.frequency == ReportFrequency.FINAL else ""
    newest = "not reviewed" if state == ReportEventKind.RECEIVED else EVENTS[state].text.lower()
    return f"{final}Received {formats.day(row.lines.received_on)}, {newest}"


def financial_reports_table(award: Award, *, records: bool) -> Table[Reported]:
    """Return the table of SF-425 reports, line by line. With `records`, each links to what was expended by category."""

    def categories(row: Reported) -> SafeString:
        url = reverse("award-report-parts", args=[award.partnership_id, award.pk, row.lines.report_id])
        return link(url, "By category", f" to {formats.day(row.lines.report.period_end)}")

    return Table(
        "Financial reports",
        [
            Column("Period end", lambda row: formats.day(row.lines.report.period_end), detail=financial_state),
            Column("10a Cash receipts", lambda row: row.lines.cash_receipts, "dollars"),
            Column("10b Cash disburse\u00adments", lambda row: row.lines.cash_disbursements, "dollars"),
            Column("10c Cash on hand", lambda row: row.lines.cash_on_hand, "dollars"),
            Column("10d Funds authorized", lambda row: row.lines.authorized, "dollars"),
            Column("10e Expendi\u00adtures", lambda row: row.lines.expended, "dollars"),
            Column("10f Unliquidated", lambda row: row.lines.unliquidated, "dollars"),
            Column("10h Unobligated", lambda row: row.lines.unobligated, "dollars"),
            *([Column("Expended by category", categories, hidden_label=True, is_action=True)] if records else []),
        ],
        caption="SF-425 reports by period, in U.S. dollars",
    )


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """A difference of a report on its list, with the form that explains it, or with its explanation."""

    period_end: date
    line: str
    message: str
    url: str
    explanation: str = ""


def differences_shown(award: Award, rows: Sequence[Reported]) -> list[ShownDifference]:
    """Return the differences of an award's reports, the unexplained ones first."""

    def shown(row: Reported, found: Explained) -> ShownDifference:
        difference, why = found.difference, found.explanation
        parts = [award.partnership_id, award.pk, row.lines.report_id, difference.line]
        text = f"{formats.day(why.at.date())}, {why.recorded_by or 'the software'}: {why.text}" if why else ""
        return ShownDifference(
            row.lines.report.period_end, str(difference.line), formats.as_shown(difference.message),
            reverse("award-report-difference", args=parts), text,
        )  # fmt: skip

    found = [shown(row, each) for row in rows for each in row.differences]
    return sorted(found, key=lambda each: bool(each.explanation))


def sheet_title(rows: Sequence[SheetRow]) -> dict[str, str]:
    """Return the title of the sheet of ledger and reports after a check: how many rows don't fit."""
    checked = [row for row in rows if row.is_checked and not row.is_blank]
    wrong = [row for row in checked if row.errors]
    if not wrong:
        return {}
    verb = formats.agree(len(wrong), "doesn't", "don't")
    return {"heading": f"{formats.spell_out(len(wrong))} of {formats.spell_out(len(checked)).lower()} rows {verb} fit"}
