"""The list of partnerships, from plain rows: the finding of its chart, its cells, and the columns of its files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from partnerships.limit_position import LimitPosition
from partnerships.limit_presenters import PartnershipSummary, partnership_summary
from partnerships.models import FigureKind, FigureStatement, RecordKind
from partnerships.portfolio.presenters.lists import gantt, name_link, portfolio_table
from tests.partnerships.unsaved import END, START, cells, documented, exception, position, total

DAY = timedelta(days=1)
FULL_END = date(2026, 1, 1)
TABLE = portfolio_table(Decimal(11_000_000))
MUTED, PLAIN = '<span class="u-small u-muted">{}</span>', '<span class="u-nowrap">{}</span>'


def named(name: str, found: LimitPosition) -> LimitPosition:
    found.partnership.country.name = name
    return found


def within(name: str = "Kenya") -> LimitPosition:
    return named(name, position())


def full(name: str = "Kenya") -> LimitPosition:
    return named(name, position(ends_on=FULL_END))


def past(name: str = "Kenya", ends_on: date = date(2026, 2, 1)) -> LimitPosition:
    return named(name, position(ends_on=ends_on, term_limit_months=72))


def summary(found: LimitPosition, today: date = START) -> PartnershipSummary:
    return partnership_summary(found, today, top=Decimal(11_000_000))


# ---- the chart -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "finding", "context"),
    [
        ([within()], "No listed term exceeds its limit.", ""),
        ([within(), past("Peru")], "Only Peru exceeds the limit, by 1 month.", ""),
        ([past("Peru", date(2026, 3, 1))], "Only Peru exceeds the limit, by 2 months.", ""),
        ([past(), within(), past()], "Two of 3 listed terms exceed the limit.", ""),
        (
            [full("Peru"), within()],
            "No listed term exceeds its limit.",
            "Peru uses all available months, so an extension needs an exception first.",
        ),
        (
            [full("Peru"), full("Ghana")],
            "No listed term exceeds its limit.",
            "Peru and Ghana use all available months, so an extension needs an exception first.",
        ),
        (
            [full("Peru"), full("Ghana"), full("Togo"), past()],
            "Only Kenya exceeds the limit, by 1 month.",
            "Peru, Ghana and Togo use all available months, so an extension needs an exception first.",
        ),
        (
            [full("Peru")] * 6,
            "No listed term exceeds its limit.",
            "Peru, Peru, Peru, Peru, Peru and Peru use all available months, so an extension needs an exception first.",
        ),
        (
            [full("Peru")] * 7,
            "No listed term exceeds its limit.",
            "7 terms use all available months. To extend one, you need an exception first.",
        ),
    ],
)
def test_the_chart_counts_terms_past_the_limit_and_names_the_full_ones(
    found: Sequence[LimitPosition], finding: str, context: str
) -> None:
    chart = gantt(found, START)
    assert (chart.finding, chart.context) == (finding, context)


def test_a_full_term_that_is_over_needs_no_exception() -> None:
    assert gantt([full()], FULL_END).context != ""
    assert gantt([full()], FULL_END + DAY).context == ""


# ---- the list ------------------------------------------------------------------------------------------------------


def test_the_list_sorts_by_its_columns() -> None:
    sorts = {column.label: column.sort for column in TABLE.columns if column.sort}
    assert sorts == {"Country": "country", "Status": "status", "Term": "start", "Planned": "planned"}
    assert [column.label for column in TABLE.columns if column.descending_first] == ["Planned"]


def test_a_managed_row() -> None:
    sums = {"planned_total": 4_000_000, "obligated_total": 2_000_000, "disbursed_total": 1_500_000}
    row = summary(position(overdue=2, **{name: Decimal(amount) for name, amount in sums.items()}))
    found = cells(TABLE, row)
    assert found["Country"] == '<a href="/partnerships/7/">Kenya</a>' == name_link(row)
    assert found["Status"] == "Active"
    assert (
        found["Term"]
        == '<span class="u-nowrap">Jan 1, 2021</span><br><span class="u-small u-muted u-nowrap">to Jan 1, 2025</span>'
    )
    assert (found["Months"], found["Planned"]) == ("48 months", Decimal(4_000_000))
    assert found["Obligated, or as stated"] == f"$2.0M obligated<br>{MUTED.format('$1.5M disbursed')}"
    assert "Within both limits" in found["Limits"]
    assert "2 overdue" in found["Limits"]
    assert "overdue" not in cells(TABLE, summary(position()))["Limits"]


def test_a_documented_row() -> None:
    found = cells(TABLE, summary(documented(total("9800000", "2024"), status_as_of=START)))
    assert found["Status"] == f"Completed<br>{MUTED.format('as of Jan 1, 2021')}"
    assert found["Obligated, or as stated"] == f"$9.8M, 2024<br>{MUTED.format('ledger: not recorded')}"


def test_a_row_that_lapsed_or_ended_early_or_has_no_days() -> None:
    lapsed = cells(TABLE, summary(position(), END + DAY))["Status"]
    assert "Term ended Jan 1, 2025; no later status recorded" in lapsed
    early = cells(TABLE, summary(position("terminated", ended_on=date(2023, 3, 15)), END))["Term"]
    assert "to Mar 15, 2023" in early
    assert MUTED.format("agreed to Jan 1, 2025") in early
    assert "agreed to" not in cells(TABLE, summary(position("completed", ended_on=END), END))["Term"]
    assert cells(TABLE, summary(position(starts_on=None, ends_on=None)))["Term"] == "Not dated"


# ---- files ---------------------------------------------------------------------------------------------------------


def test_the_file_of_a_managed_partnership() -> None:
    row = summary(
        position(
            "terminated",
            signed_on=START,
            ends_on=date(2026, 3, 1),
            first_end=END,
            ended_on=date(2026, 2, 1),
            term_limit_months=72,
            status_as_of=START + DAY,
            planned_total=Decimal(6_000_000),
            notified_total=Decimal(1),
            awarded_total=Decimal(5),
            obligated_total=Decimal(4),
            disbursed_total=Decimal(3),
            funding_limit=Decimal(7_000_000),
            exceptions=[exception(), exception(funding=Decimal(7_000_000))],
            overdue=2,
        ),
        date(2026, 6, 1),
    )
    assert cells(TABLE, row, file=True) == {
        "Country": "Kenya",
        "Code": "KEN",
        "Title": "Partnership with Kenya",
        "Record": RecordKind.MANAGED.label,
        "Status": "Terminated",
        "Status as of": START + DAY,
        "Starts": START,
        "Planned end": END,
        "Ends": date(2026, 3, 1),
        "Actual end": date(2026, 2, 1),
        "Policy allows until": date(2026, 1, 1),
        "Exception allows until": date(2027, 1, 1),
        "Months over the policy": 1,
        "Planned, USD": Decimal(6_000_000),
        "Obligated, USD": Decimal(4),
        "Disbursed, USD": Decimal(3),
        "Latest stated total, USD": None,
        "Highest stated total, USD": None,
        "Stated": "",
        "Source of the statement": "",
        "Policy limit, USD": Decimal(5_000_000),
        "Exception limit, USD": Decimal(7_000_000),
        "Against the limits": "Term 1 month over, money $1.0M over; exception granted",
        "Partner's contribution as stated": "",
        "Overdue": 2,
        "Needs attention": "2 overdue",
    }


def test_the_file_of_a_documented_partnership() -> None:
    row = summary(
        documented(
            total("11000000", "2022", source="A release"),
            total("9800000", "2024", source="A speech"),
            FigureStatement(kind=FigureKind.PARTNER_CONTRIBUTION, text="Staff"),
            status="suspended",
            status_as_of=START,
        )
    )
    found = cells(TABLE, row, file=True)
    assert (found["Latest stated total, USD"], found["Highest stated total, USD"]) == (
        Decimal(9_800_000),
        Decimal(11_000_000),
    )
    assert found["Stated"] == "$11.0M, 2022; $9.8M, 2024"
    assert found["Source of the statement"] == "A release; A speech"
    assert (found["Planned, USD"], found["Obligated, USD"], found["Disbursed, USD"]) == (None, None, None)
    assert found["Partner's contribution as stated"] == "Staff"
    assert found["Needs attention"] == "Suspended by determination; Status as of Jan 1, 2021"
    one = cells(TABLE, summary(documented(total("9800000", "2024", source="A speech"))), file=True)
    assert one["Source of the statement"] == "A speech"


def test_the_bar_is_drawn_on_the_common_scale() -> None:
    money = position(planned_total=Decimal(4_000_000))
    assert partnership_summary(money, START, top=Decimal(5_000_000)).bar != summary(money).bar
