"""Totals with their maximum, contributions by year, and badges of notifications, from plain rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.html import strip_tags

from cpc.web.badges import Badge
from indicators.models import Country
from partnerships.models import (
    Award,
    CongressionalNotification,
    Contribution,
    LimitPolicy,
    Partnership,
    Program,
)
from partnerships.money.presenters import lists as presenters

D = Decimal
MILLION = 1_000_000


def partnership(**values: Any) -> Partnership:
    totals = {
        "planned_total": D(4 * MILLION),
        "notified_total": D(3 * MILLION),
        "awarded_total": D(2_500_000),
        "obligated_total": D(1 * MILLION),
        "disbursed_total": D(400_000),
        "funding_limit": D(5 * MILLION),
        "limit_policy": LimitPolicy(funding=D(5 * MILLION), term_months=60),
    }
    return Partnership(pk=7, country=Country(code="GHA", name="Ghana"), **totals | values)


def contribution(pk: int = 1, **values: Any) -> Contribution:
    usual = {"government": "partner", "kind": "cash", "stage": "pledged", "fiscal_year": 2026, "source": "A letter"}
    return Contribution(pk=pk, partnership=partnership(), **usual | values)


# ---- totals --------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_other_cash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Partnership, "other_us_cash", lambda self: D("0.00"))


@pytest.mark.usefixtures("no_other_cash")
def test_total_has_its_rule_and_what_is_left() -> None:
    found = presenters.totals(partnership())
    rows: list[tuple[object, ...]] = [(row.name, row.amount, row.limited_by, row.left, row.limit) for row in found]
    assert rows == [
        ("Planned", 4_000_000, "The limit of a partnership", 1_000_000, 5_000_000),
        ("Notified to Congress", 3_000_000, "The limit of a partnership", 2_000_000, 5_000_000),
        ("Awarded", 2_500_000, "Amount planned", 1_500_000, 4_000_000),
        ("Obligated, net", 1_000_000, "Amount awarded", 1_500_000, 2_500_000),
        ("Disbursed", 400_000, "Amount obligated, net", 600_000, 1_000_000),
    ]


@pytest.mark.usefixtures("no_other_cash")
@pytest.mark.parametrize(
    ("limit", "label"),
    [
        ("5000000.00", "The limit of a partnership"),
        ("5000000.01", "The limit of $5.0M, raised by an exception"),
        ("4500000.00", "The limit of a partnership"),
    ],
)
def test_a_limit_above_that_of_the_policy_was_raised_by_an_exception(limit: str, label: str) -> None:
    planned, notified, *others = presenters.totals(partnership(funding_limit=D(limit)))
    assert [planned.limited_by, notified.limited_by] == [label, label]
    assert [planned.limit, notified.limit] == [D(limit), D(limit)]
    assert [row.limited_by for row in others] == ["Amount planned", "Amount awarded", "Amount obligated, net"]


def test_other_cash_is_a_sixth_total_without_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Partnership, "other_us_cash", lambda self: D("0.01"))
    *_, last = presenters.totals(partnership())
    assert (last.name, last.amount, last.limited_by, last.left, last.limit) == (
        "Other U.S. cash",
        D("0.01"),
        "From other accounts, not counted toward the limit",
        None,
        None,
    )
    _, amount, most, left = (column.value(last) for column in presenters.TOTALS.columns)
    assert (amount, strip_tags(str(most)), left) == (D("0.01"), "Not subject to the limit", None)


def test_a_row_of_totals_shows_amount_maximum_and_rest_in_their_columns() -> None:
    row = presenters.Total("Awarded", D(30), "Amount planned", D(0))
    assert [column.label for column in presenters.TOTALS.columns] == ["Total", "U.S. dollars", "Maximum", "Left"]
    assert [column.value(row) for column in presenters.TOTALS.columns] == ["Awarded", 30, 30, 0]
    detail = presenters.TOTALS.columns[0].detail
    assert detail is not None
    assert detail(row) == "Amount planned"


def test_contributions_are_stated_in_their_own_units() -> None:
    rows = [
        contribution(government="us", amount_usd=D(2 * MILLION)),
        contribution(government="partner", original_amount=D(300), original_currency="KES"),
        contribution(government="partner", staff_years=D(2)),
    ]
    text = presenters.contributions_text(rows, partnership())
    assert text == "Ghana gives KES 300 and 2 years of work; the United States gives $2.0M."


# ---- one contribution ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("side", "name"), [("us", "United States"), ("partner", "Ghana")])
def test_the_government_that_gives_is_named(side: str, name: str) -> None:
    assert presenters.government_name(contribution(government=side)) == name


@pytest.mark.parametrize(
    ("stage", "expected"),
    [("pledged", Badge("none", "Pledged")), ("reported", Badge("info", "Reported")),
     ("verified", Badge("good", "Verified"))],
)  # fmt: skip
def test_each_stage_has_its_badge(stage: str, expected: Badge) -> None:
    assert presenters.stage_badge(contribution(stage=stage)) == expected


@pytest.mark.parametrize(("amount", "text"), [(None, "No value in dollars"), (D(0), "$0.00"), (D("12.5"), "$12.50")])
def test_an_unknown_value_is_not_zero(amount: Decimal | None, text: str) -> None:
    assert presenters.value_text(contribution(amount_usd=amount)) == text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, ""),
        ({"original_amount": D(900), "original_currency": "KES"}, "KES 900.00"),
        (
            {"original_amount": D("0.5"), "original_currency": "KES", "rate": D("0.00775"), "rate_source": "A bank"},
            "KES 0.50 at 0.00775 (A bank)",
        ),
        ({"original_amount": D(0), "original_currency": "KES"}, "KES 0.00"),
        ({"staff_years": D("4.5")}, "4.50 years of work"),
        ({"staff_years": D(0)}, "0.00 years of work"),
        ({"account": "esf", "authority": "Section 531"}, "Economic Support Fund: Section 531"),
        (
            {"original_amount": D(1), "original_currency": "PEN", "staff_years": D(2), "valuation_method": "Rents"},
            "PEN 1.00; 2.00 years of work; Rents",
        ),
    ],
)
def test_the_details_of_a_value_are_listed(values: dict[str, Any], text: str) -> None:
    assert presenters.original_value_text(contribution(**values)) == text


def test_a_contribution_is_exported_with_each_value_in_its_column() -> None:
    row = contribution(
        12,
        government="partner",
        kind="in_kind",
        stage="reported",
        program=Program(title="Shelters"),
        description="Rooms",
        amount_usd=D(120),
        original_amount=D(2000),
        original_currency="GHS",
        rate=D("0.06"),
        rate_source="Central bank",
        valuation_method="Rents",
        staff_years=D(3),
        account="esf",
        authority="Section 531",
        replaces=contribution(11),
        at=datetime(2026, 11, 20, 15, tzinfo=UTC),
    )
    later = contribution(13)
    later.replaces = row
    assert {column.label: column.cell(row) for column in presenters.CONTRIBUTION_FILE} == {
        "Fiscal year": 2026,
        "Given by": "Ghana",
        "Kind": "In kind",
        "Stage": "Reported",
        "Program": "Shelters",
        "Description": "Rooms",
        "USD": 120,
        "Original amount": 2000,
        "Original currency": "GHS",
        "USD per unit": D("0.06"),
        "Source of the rate": "Central bank",
        "Valued by": "Rents",
        "Years of work": 3,
        "Account": "Economic Support Fund",
        "Authority": "Section 531",
        "Source": "A letter",
        "Number": 12,
        "Replaces": 11,
        "Replaced by": 13,
        "Recorded": datetime(2026, 11, 20, 15, tzinfo=UTC),
    }


def test_a_contribution_that_counts_is_replaced_by_none() -> None:
    row = contribution()
    row._state.fields_cache["replaced_by"] = None
    cells = {column.label: column.cell(row) for column in presenters.CONTRIBUTION_FILE}
    assert (cells["Program"], cells["Replaces"], cells["Replaced by"]) == ("", None, None)


@pytest.mark.parametrize("records", [False, True])
def test_the_table_of_contributions_names_kind_program_and_source(records: bool) -> None:
    row = contribution(5, description="Posts", kind="staff", program=Program(title="Shelters"), amount_usd=D(2))
    row._state.fields_cache["replaced_by"] = None
    table = presenters.contributions_table(records=records)
    first, *middle = table.columns[:5]
    assert first.detail is not None
    assert (first.value(row), first.detail(row)) == ("Posts", "Staff · Shelters · A letter")
    assert first.detail(contribution()) == "Cash · A letter"
    assert [column.value(row) for column in middle] == ["Ghana", "FY 2026", Badge("none", "Pledged"), "$2.00"]
    links = [str(column.value(row)) for column in table.columns[5:]]
    assert ["/partnerships/7/money/contributions/5/replace/" in text for text in links] == [True] * records
    assert [strip_tags(text) for text in links] == ["Replace contribution 5"] * records


# ---- notifications -------------------------------------------------------------------------------------------------

SENT = date(2026, 3, 1)
FIRST = date(2026, 3, 16)


@pytest.mark.parametrize(
    ("amount", "counts", "today", "kind", "text"),
    [
        ("0.00", "0.00", FIRST + timedelta(days=30), "none", "Withdrawn"),
        ("0.00", "0.00", SENT, "none", "Withdrawn"),
        ("500.00", "500.00", FIRST, "good", "Available to obligate since Mar 16, 2026"),
        ("500.00", "500.00", FIRST + timedelta(days=1), "good", "Available to obligate since Mar 16, 2026"),
        ("500.00", "0.00", FIRST - timedelta(days=1), "info", "Available to obligate from Mar 16, 2026, tomorrow"),
        ("500.00", "0.00", SENT, "info", "Available to obligate from Mar 16, 2026, in 15 days"),
        (
            "500.00", "499.99", SENT, "info",
            "$499.99 is available to obligate now; all of it from Mar 16, 2026, in 15 days",
        ),
        ("500.00", "500.00", SENT, "good", "Available to obligate: it replaces an amount that was notified in time"),
    ],
)  # fmt: skip
def test_notification_shows_from_when_it_counts(amount: str, counts: str, today: date, kind: str, text: str) -> None:
    row = CongressionalNotification(sent_on=SENT, amount=D(amount))
    assert presenters.notification_badge(row, D(counts), today) == Badge(kind, text)


# ---- awards --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "kind", "text"),
    [
        ("planned", "info", "Planned"),
        ("active", "good", "Active"),
        ("stop_work", "bad", "Stop-work ordered"),
        ("terminated", "bad", "Terminated for convenience"),
        ("ended", "warn", "Ended, close-out open"),
        ("closed", "none", "Closed out"),
    ],
)
def test_each_state_of_an_award_has_its_badge(state: str, kind: str, text: str) -> None:
    assert presenters.award_state(Award(state=state)) == Badge(kind, text)


@pytest.mark.parametrize(
    ("recipient_type", "text"),
    [("expert", "Contract: Courts"), ("government", "Contract: Courts · a government")],
)
def test_an_award_to_a_government_is_marked(recipient_type: str, text: str) -> None:
    assert presenters.award_detail(Award(type="contract", title="Courts", recipient_type=recipient_type)) == text


def test_awards_table_shows_amounts_by_column_and_totals() -> None:
    owner = partnership()
    row = Award(
        pk=3,
        partnership=owner,
        program=Program(title="Justice"),
        recipient="An organization",
        title="Courts",
        state="active",
        awarded_total=D(30),
        obligated_total=D(20),
        disbursed_total=D(10),
    )
    columns = presenters.awards_table(owner).columns
    assert {column.label: column.value(row) for column in columns[1:]} == {
        "Program": "Justice",
        "State": Badge("good", "Active"),
        "Awarded": 30,
        "Obligated": 20,
        "Disbursed": 10,
    }
    assert [column.total for column in columns] == ["Total", None, None, 2_500_000, 1_000_000, 400_000]
    recipient = str(columns[0].value(row))
    assert 'href="/partnerships/7/awards/3/"' in recipient
    assert strip_tags(recipient) == "An organization, Courts"
    assert columns[1].value(Award(partnership=owner)) == ""
    compact = presenters.awards_table(owner, compact=True)
    assert [column.label for column in compact.columns] == ["Recipient", "State", "Awarded", "Obligated", "Disbursed"]
    assert (compact.show_caption, compact.caption) == (True, "")
