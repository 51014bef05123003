"""What the page of one award says and exports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from cpc.web import formats
from cpc.web.exports import Field
from partnerships.amendments.presenters import label_of
from partnerships.limit_exceptions.presenters.limits import Fact
from partnerships.limit_position import award_headroom
from partnerships.limit_presenters import Mark
from partnerships.models import LEDGER_EFFECT, Award, CloseoutStep, LedgerEntry
from partnerships.models.award_reports import ReportDue

_COMBINED = frozenset({"title", "recipient", "not_competed_because"})
"""Columns of text that the page shows together with others."""
SOON = 30


@dataclass(frozen=True, slots=True)
class Movement:
    """A row of the ledger, which way it counts, and the totals of the award after it."""

    entry: LedgerEntry
    signed: Decimal
    awarded: Decimal
    obligated: Decimal
    disbursed: Decimal


def movements(ledger: Sequence[LedgerEntry]) -> list[Movement]:
    """The ledger with its running totals."""
    return list(_running(ledger))


def _running(ledger: Sequence[LedgerEntry]) -> Iterator[Movement]:
    totals = dict.fromkeys(("awarded", "obligated", "disbursed"), Decimal("0.00"))
    for entry in ledger:
        total, sign = LEDGER_EFFECT[entry.kind]
        totals[total] += sign * entry.amount
        yield Movement(entry, sign * entry.amount, **totals)


def award_facts(award: Award) -> list[Fact]:
    """Return the totals of an award, each with what is left under it."""
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
        Fact("Sub-awarded", formats.dollars(award.subawarded_total), "inside the award"),
    ]


def _plain_columns() -> list[models.CharField[Any, Any]]:
    """Return the columns of free text that the page shows under their own names, in the order of the model."""
    columns = [column for column in Award._meta.concrete_fields if isinstance(column, models.CharField)]
    return [column for column in columns if column.editable and not column.choices and column.name not in _COMBINED]


def description(award: Award) -> list[tuple[str, str]]:
    """Return what describes an award, as pairs of label and value."""
    days = f"{formats.day(award.starts_on)} to {formats.day(award.ends_on)}" if award.starts_on else "Not dated"
    if award.ended_on:
        days = f"{days}; ended {formats.day(award.ended_on)}"
    return [
        ("Recipient", f"{award.recipient} ({award.get_recipient_type_display().lower()})"),
        ("Instrument", award.get_type_display()),
        ("Program", award.programme.title if award.programme else formats.DASH),
        ("Days", days),
        *((label_of(column), getattr(award, column.name) or formats.DASH) for column in _plain_columns()),
        ("Competed", "Yes" if award.competed else f"No: {award.not_competed_because}"),
        ("Staff training", "Certified" if award.certifies_training else "Not certified"),
        ("Prostitution", "Statement received" if award.certifies_no_promotion else "No statement"),
    ]


def report_mark(row: ReportDue, today: date) -> Mark:
    """Tell whether a report is due, late, in, accepted, returned or waived."""
    standing = getattr(row, "standing", None)
    if standing == "accepted":
        return Mark("good", "Accepted")
    if standing == "waived":
        return Mark("none", "Waived")
    if standing == "received":
        return Mark("info", "Received, not reviewed")
    if standing == "returned":
        return Mark("warn", "Returned")
    if row.award.ended_on and row.period_start > row.award.ended_on:
        return Mark("none", "Not due: the award had ended")
    days = (row.due_on - today).days
    if days < 0:
        return Mark("warn", f"Late by {-days:,} day{'' if days == -1 else 's'}", "alarm")
    return Mark("info", f"Due {formats.relative_day(row.due_on, today)}") if days <= SOON else Mark("none", "Not due")


def closeout_mark(row: CloseoutStep, today: date) -> Mark:
    """Whether a step of the close-out is done."""
    if row.not_applicable_because:
        return Mark("none", "Does not apply")
    if row.done_on:
        return Mark("good", f"Done {formats.day(row.done_on)}")
    if row.due_on < today:
        return Mark("warn", "Overdue", "alarm")
    return Mark("info", f"Due {formats.relative_day(row.due_on, today)}")


LEDGER_FIELDS: Sequence[Field[Movement]] = (
    Field("Day", lambda row: row.entry.on, 12),
    Field("Fiscal year of the funds", lambda row: row.entry.fiscal_year, 12),
    Field("Movement", lambda row: row.entry.get_kind_display(), 24),
    Field("USD", lambda row: row.signed),
    Field("Awarded after", lambda row: row.awarded),
    Field("Obligated after", lambda row: row.obligated),
    Field("Disbursed after", lambda row: row.disbursed),
    Field("Reference", lambda row: row.entry.reference, 20),
    Field("Note", lambda row: row.entry.note, 40),
    Field("Recorded", lambda row: row.entry.at, 20),
    Field("Number", lambda row: row.entry.pk, 10),
)
