"""Facts, badges, and rows for the page of an award, from plain rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.html import strip_tags

from cpc.web.badges import Badge
from cpc.web.formats import DASH
from partnerships.awards import presenters
from partnerships.limit_exceptions.presenters import Fact
from partnerships.models import Award, CloseoutStep, LedgerEntry, Program
from partnerships.models.award_reports import ReportDue, ReportEvent

D = Decimal
TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)


def award(**values: Any) -> Award:
    usual = {"title": "Courts", "type": "grant", "recipient": "An organization", "recipient_type": "civil_society"}
    return Award(**{"pk": 3, "partnership_id": 7, **usual, **values})


def entry(kind: str, amount: str, pk: int = 1, **values: Any) -> LedgerEntry:
    return LedgerEntry(**{"pk": pk, "kind": kind, "amount": D(amount), "on": TODAY, "fiscal_year": 2025, **values})


def report(**values: Any) -> ReportDue:
    usual = {
        "kind": "financial", "frequency": "semiannual", "period_start": date(2025, 7, 1),
        "period_end": date(2025, 12, 31), "due_on": TODAY,
    }  # fmt: skip
    newest = values.pop("newest_kind", None)
    row = ReportDue(**{"pk": 5, "award": award(), **usual, **values})
    row.newest_kind = newest  # type: ignore[attr-defined]
    return row


# ---- ledger --------------------------------------------------------------------------------------------------------


def test_each_movement_has_its_sign_and_the_totals_after_it() -> None:
    ledger = [
        entry("award", "100.00"),
        entry("obligation", "60.00"),
        entry("disbursement", "30.00"),
        entry("refund", "5.00"),
        entry("deobligation", "10.00"),
        entry("adjustment", "2.00"),
        entry("reduction", "20.00"),
    ]
    rows = [
        (row.entry.kind, row.signed, row.awarded, row.obligated, row.disbursed) for row in presenters.movements(ledger)
    ]
    assert rows == [
        ("award", D(100), D(100), D(0), D(0)),
        ("obligation", D(60), D(100), D(60), D(0)),
        ("disbursement", D(30), D(100), D(60), D(30)),
        ("refund", D(-5), D(100), D(60), D(25)),
        ("deobligation", D(-10), D(100), D(50), D(25)),
        ("adjustment", D(2), D(100), D(52), D(25)),
        ("reduction", D(-20), D(80), D(52), D(25)),
    ]
    assert presenters.movements([]) == []


def test_a_movement_is_shown_and_exported_with_each_value_in_its_column() -> None:
    at = datetime(2026, 3, 11, 9, tzinfo=UTC)
    row = presenters.Movement(
        entry("deobligation", "10.00", 12, reference="R 1", note="Unused", authority="Terms", at=at),
        signed=D(-10), awarded=D(3), obligated=D(2), disbursed=D(1),
    )  # fmt: skip
    assert {column.label: column.cell(row) for column in presenters.LEDGER.file} == {
        "Day": TODAY,
        "Fiscal year of the funds": 2025,
        "Fund": "",
        "Movement": "De-obligation",
        "USD": -10,
        "Awarded after": 3,
        "Obligated after": 2,
        "Disbursed after": 1,
        "Reference": "R 1",
        "Note": "Unused",
        "Authority": "Terms",
        "Recorded": at,
        "Number": 12,
    }
    assert [column.value(row) for column in presenters.LEDGER.columns] == ["De-obligation", TODAY, -10, 3, 2, 1]
    labels = [column.label for column in presenters.LEDGER.columns]
    assert labels == ["Entry", "Date", "U.S. dollars", "Awarded", "Obligated", "Disbursed"]
    detail = presenters.LEDGER.columns[0].detail
    assert detail is not None
    assert detail(row) == "FY 2025 funds · R 1 · Unused · Terms"
    assert detail(presenters.movements([entry("award", "1")])[0]) == "FY 2025 funds"


# ---- facts and description -----------------------------------------------------------------------------------------


def test_each_total_has_what_is_left_of_the_one_above() -> None:
    made = award(
        awarded_total=D(1000), obligated_total=D(700), disbursed_total=D(100), subawarded_total=D(50)
    )  # fmt: skip
    assert presenters.award_facts(made) == [
        Fact("Awarded", "$1,000.00"),
        Fact("Obligated, net", "$700.00", "$300.00 left to obligate"),
        Fact("Disbursed", "$100.00", "$600.00 left to disburse"),
        Fact("Sub-awarded", "$50.00", "part of the award"),
    ]


@pytest.mark.parametrize(
    ("values", "days"),
    [
        ({}, "Not dated"),
        ({"starts_on": date(2025, 1, 2), "ends_on": date(2026, 1, 1)}, "Jan 2, 2025 to Jan 1, 2026"),
        ({"starts_on": date(2025, 1, 2)}, f"Jan 2, 2025 to {DASH}"),
        (
            {"starts_on": date(2025, 1, 2), "ends_on": date(2026, 1, 1), "ended_on": date(2025, 6, 3)},
            "Jan 2, 2025 to Jan 1, 2026; ended Jun 3, 2025",
        ),
    ],
)
def test_award_days_end_with_its_actual_end(values: dict[str, Any], days: str) -> None:
    assert dict(presenters.description(award(**values)))["Days"] == days


def test_award_facts_depend_on_its_fields() -> None:
    good = award(
        program=Program(title="Justice"), uei="ABCDEFGHJKL1", fain="SLM1", assistance_listing="19.019", nofo="N 1",
        competed=True, not_competed_because="Never shown", certifies_training=True, certifies_no_promotion=False,
    )  # fmt: skip
    assert presenters.description(good) == [
        ("Recipient", "An organization (civil society organization)"),
        ("Instrument", "Grant"),
        ("Program", "Justice"),
        ("Days", "Not dated"),
        ("UEI", "ABCDEFGHJKL1"),
        ("FAIN", "SLM1"),
        ("Assistance listing", "19.019"),
        ("Notice of funding opportunity", "N 1"),
        ("Competed", "Yes"),
        ("Staff training", "Certified"),
        ("Prostitution", "No statement"),
    ]
    other = award(competed=False, not_competed_because="One source", certifies_no_promotion=True)
    assert dict(presenters.description(other)) | {"Recipient": "", "Instrument": "", "Days": ""} == {
        "Recipient": "", "Instrument": "", "Days": "", "Program": DASH, "UEI": DASH, "FAIN": DASH,
        "Assistance listing": DASH, "Notice of funding opportunity": DASH, "Competed": "No: One source",
        "Staff training": "Not certified", "Prostitution": "Statement received",
    }  # fmt: skip


# ---- reports -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("newest", "badge"),
    [
        ("accepted", Badge("good", "Accepted")),
        ("waived", Badge("none", "Waived")),
        ("received", Badge("info", "Received, not reviewed")),
        ("returned", Badge("warn", "Returned")),
    ],
)
@pytest.mark.parametrize("due_on", [TODAY - 9 * DAY, TODAY + 90 * DAY])
def test_newest_event_gives_the_report_state_however_late(newest: str, badge: Badge, due_on: date) -> None:
    row = report(due_on=due_on, newest_kind=newest, award=award(ended_on=date(2025, 1, 1)))
    assert presenters.report_badge(row, TODAY) == badge


@pytest.mark.parametrize(
    ("days", "badge"),
    [
        (-2, Badge("warn", "Late by 2 days", "alarm")),
        (-1, Badge("warn", "Late by 1 day", "alarm")),
        (0, Badge("info", "Due today")),
        (1, Badge("info", "Due tomorrow")),
        (30, Badge("info", "Due in 30 days")),
        (31, Badge("none", "Not due")),
    ],
)
def test_report_is_due_soon_for_thirty_days_and_late_afterward(days: int, badge: Badge) -> None:
    assert presenters.report_badge(report(due_on=TODAY + days * DAY), TODAY) == badge


@pytest.mark.parametrize(
    ("ended_on", "text"),
    [
        (date(2025, 6, 30), "Not due: the award had ended"),
        (date(2025, 7, 1), "Late by 1 day"),
        (date(2025, 7, 2), "Late by 1 day"),
        (None, "Late by 1 day"),
    ],
)
def test_no_report_is_due_on_a_period_after_the_end(ended_on: date | None, text: str) -> None:
    row = report(due_on=TODAY - DAY, award=award(ended_on=ended_on, ends_on=date(2025, 6, 1)))
    assert presenters.report_badge(row, TODAY).text == text


def test_the_table_of_reports_shows_period_due_day_and_events() -> None:
    row = report(newest_kind="returned", due_on=date(2026, 1, 30))
    row._prefetched_objects_cache = {  # type: ignore[attr-defined]
        "events": [
            ReportEvent(kind="returned", on=date(2026, 2, 2), note="Line 10e"),
            ReportEvent(kind="received", on=date(2026, 2, 1)),
        ]
    }
    table = presenters.reports_table(award(), TODAY, records=True)
    name, due, state, change = table.columns
    assert name.detail is not None
    assert (name.value(row), name.detail(row)) == (
        "Financial report", "Every six months, Jul 1, 2025 to Dec 31, 2025",
    )  # fmt: skip
    assert due.value(row) == date(2026, 1, 30)
    assert strip_tags(str(state.value(row))) == "ReturnedReturned Feb 2, 2026: Line 10eReceived Feb 1, 2026"
    link = str(change.value(row))
    assert 'href="/partnerships/7/awards/3/reports/5/"' in link
    assert strip_tags(link) == "Record what happened to report 5 Lines of report 5"
    assert [column.label for column in presenters.reports_table(award(), TODAY, records=False).columns] == [
        "Report", "Due", "State",
    ]  # fmt: skip


# ---- close-out -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "badge"),
    [
        ({"due_on": TODAY + DAY}, Badge("info", "Due tomorrow")),
        ({"due_on": TODAY}, Badge("info", "Due today")),
        ({"due_on": TODAY - DAY}, Badge("warn", "Overdue", "alarm")),
        ({"due_on": TODAY - DAY, "done_on": TODAY - 5 * DAY}, Badge("good", "Done Mar 5, 2026")),
        ({"due_on": TODAY - DAY, "not_applicable_because": "No property"}, Badge("none", "Does not apply")),
    ],
)
def test_close_out_step_is_overdue_the_day_after_it_was_due(values: dict[str, Any], badge: Badge) -> None:
    assert presenters.closeout_badge(CloseoutStep(**values), TODAY) == badge
