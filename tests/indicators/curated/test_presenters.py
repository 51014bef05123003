"""Tables of programs and plans: the cells of a row on the page and in a file, and its state on a day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from cpc.accounts.models import User
from cpc.web.tables import Column
from indicators.curated import presenters
from indicators.curated.queries import PlansOf, Total, period_of, program_status, total
from indicators.models import Country, NationalPlan, PlanKind, USGProgram
from tests.support.cells import cells, links, marks, plain

GHANA = Country(code="X-GH", iso3="GHA", name="Ghana")
DAY = dt.timedelta(days=1)
START, END = dt.date(2024, 10, 1), dt.date(2028, 9, 30)
RECORDED = dt.datetime(2026, 11, 20, 23, 30, tzinfo=dt.UTC)
ANA, BEN = User(name="Ana"), User(name="Ben")


def program(**values: Any) -> USGProgram:
    return USGProgram(
        **{
            "pk": 17,
            "country": GHANA,
            "agency": "Department of Labor",
            "agency_code": "DOL",
            "title": "Sample program",
            "sector": "child_labor",
            "implementer": "Sample partner",
            "starts_on": START,
            "ends_on": END,
            "amount": Decimal("5000000.50"),
            "source": "An answer",
            "source_url": "https://example.gov/x",
            "assessment": "Two districts",
            "recorded_at": RECORDED,
            "recorded_by": ANA,
            **values,
        }
    )


def plan(**values: Any) -> NationalPlan:
    return NationalPlan(
        **{
            "pk": 4,
            "country": GHANA,
            "kind": "action_plan",
            "title": "Sample plan",
            "starts_year": 2022,
            "ends_year": 2026,
            "status": "adopted",
            "source": "A gazette",
            "source_url": "https://example.gov/p",
            "assessment": "Shelters",
            "recorded_at": RECORDED,
            "recorded_by": ANA,
            **values,
        }
    )


def values(columns: tuple[Column[Any], ...], row: Any) -> dict[str, Any]:
    return {column.label: column.cell(row) for column in columns}


PROGRAM_CELLS = {
    "country": "Ghana",
    "iso3": "GHA",
    "agency": "Department of Labor",
    "agency_code": "DOL",
    "title": "Sample program",
    "sector": "Child labor",
    "implementer": "Sample partner",
    "starts_on": START,
    "ends_on": END,
    "amount_usd": Decimal("5000000.50"),
    "source": "An answer",
    "source_url": "https://example.gov/x",
    "assessment": "Two districts",
    "recorded_on": dt.date(2026, 11, 20),
}


def test_a_file_of_programs_has_each_field_under_its_own_name() -> None:
    assert values(presenters.program_file(True), program()) == PROGRAM_CELLS
    without = {name: value for name, value in PROGRAM_CELLS.items() if name != "assessment"}
    assert values(presenters.program_file(False), program()) == without
    assert values(presenters.program_file(True), program(country=Country(code="XKX", name="Kosovo")))["iso3"] == "XKX"
    form = {name: value for name, value in PROGRAM_CELLS.items() if name != "recorded_on"}
    assert values(presenters.PROGRAM_FORM, program()) == form


def test_a_file_of_plans_has_each_field_under_its_own_name() -> None:
    found = {
        "Country": "Ghana",
        "Code": "X-GH",
        "Kind": "National action plan against trafficking",
        "Title": "Sample plan",
        "First year": 2022,
        "Last year": 2026,
        "Status": "Adopted",
        "Source": "A gazette",
        "Address": "https://example.gov/p",
        "Recorded on": dt.date(2026, 11, 20),
    }
    assert values(presenters.plan_file(False), plan()) == found
    assert values(presenters.plan_file(True), plan()) == {**found, "Assessment": "Shelters"}


def test_a_row_of_the_list_of_programs() -> None:
    table = presenters.programs_table(START, with_assessment=True)
    assert cells(table.columns, program()) == {
        "Program": "Sample program, Ghana / Sample partner",
        "Country": "Ghana",
        "Agency": "Department of Labor",
        "Sector": "Child labor",
        "Dates": "Oct 1, 2024 to Sep 30, 2028 / Running",
        "Amount": "$5.0M",
    }
    assert links(table.columns, program()) == ["/data/programs/17/"]
    assert cells(table.columns, program(amount=None, implementer=""))["Amount"] == "Not known"
    assert cells(table.columns, program(amount=Decimal(0)))["Amount"] == "$0"
    assert [(column.sort, column.order_by) for column in table.columns] == [
        ("title", ("title", "country__name")),
        ("country", ("country__name", "agency", "title")),
        ("agency", ("agency", "country__name", "title")),
        ("sector", ("sector", "country__name", "title")),
        ("ends", ("ends_on", "country__name", "title")),
        ("amount", ("amount", "country__name", "title")),
    ]
    assert "assessment" in [column.label for column in table.file]
    narrow = presenters.programs_table(START, with_assessment=False)
    assert "assessment" not in [column.label for column in narrow.file]


@pytest.mark.parametrize(
    ("starts", "ends", "today", "text", "kind"),
    [
        (START, END, START - DAY, "Oct 1, 2024 to Sep 30, 2028 / Not started", "none"),
        (START, END, START, "Oct 1, 2024 to Sep 30, 2028 / Running", "good"),
        (START, END, END, "Oct 1, 2024 to Sep 30, 2028 / Running", "good"),
        (START, END, END + DAY, "Oct 1, 2024 to Sep 30, 2028 / Ended", "none"),
        (START, None, START - DAY, "From Oct 1, 2024, end not known / Not started", "none"),
        (START, None, START, "From Oct 1, 2024, end not known / May be running", "unknown"),
        (None, END, END, "Until Sep 30, 2028, start not known / May be running", "unknown"),
        (None, END, END + DAY, "Until Sep 30, 2028, start not known / Ended", "none"),
        (None, None, START, "May be running", "unknown"),
    ],
)
def test_the_days_of_a_program_with_its_state_on_a_day(
    starts: dt.date | None, ends: dt.date | None, today: dt.date, text: str, kind: str
) -> None:
    row = program(starts_on=starts, ends_on=ends)
    assert plain(presenters.days(row, today)) == text
    assert f"c-status--{kind}" in presenters.days(row, today)
    assert text.endswith(program_status(row, today))


@pytest.mark.parametrize(
    ("starts", "ends", "year", "text", "kind"),
    [
        (2022, 2026, 2021, "2022\u20132026 / Not started", "info"),
        (2022, 2026, 2022, "2022\u20132026 / Within its period", "good"),
        (2022, 2026, 2026, "2022\u20132026 / Within its period", "good"),
        (2022, 2026, 2027, "2022\u20132026 / Period ended", "warn"),
        (2022, None, 2021, "2022\u2013? / Not started", "info"),
        (2022, None, 2022, "2022\u2013? / Last year not known", "unknown"),
        (None, 2026, 2026, "?\u20132026 / Within its period", "good"),
        (None, 2026, 2027, "?\u20132026 / Period ended", "warn"),
        (None, None, 2026, "Not known / Last year not known", "unknown"),
    ],
)
def test_plan_period_on_first_and_last_day_of_a_year(
    starts: int | None, ends: int | None, year: int, text: str, kind: str
) -> None:
    row = plan(starts_year=starts, ends_year=ends)
    for today in (dt.date(year, 1, 1), dt.date(year, 12, 31)):
        columns = presenters.plans_table(today, with_assessment=False).columns
        assert cells(columns, row)["Period"] == text
        assert text.endswith(period_of(row, today))
        assert marks(columns, row) == [kind, "good"]


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        ("draft", "In preparation", "info"),
        ("adopted", "Adopted", "good"),
        ("expired", "Expired", "warn"),
        ("unknown", "Not found", "unknown"),
    ],
)
def test_a_row_of_the_list_of_plans(status: str, text: str, kind: str) -> None:
    columns = presenters.plans_table(dt.date(2024, 6, 1), with_assessment=False).columns
    row = plan(status=status)
    assert cells(columns, row) == {
        "Country": "Ghana",
        "Plan": "Sample plan, Ghana",
        "Kind": "National action plan against trafficking",
        "Period": "2022\u20132026 / Within its period",
        "Status": text,
    }
    assert links(columns, row) == ["/data/plans/4/"]
    assert marks(columns, row)[1] == kind


def test_the_sum_of_a_sector_is_left_empty_without_a_known_amount() -> None:
    table = presenters.sectors_table(GHANA)
    assert table.caption == "Programs in Ghana by sector"
    assert cells(table.columns, Total("Child labor", 3, Decimal("1250000"), 2)) == {
        "Sector": "Child labor",
        "Programs": "3",
        "Known amounts": "$1.2M",
        "Not known": "1",
    }
    assert cells(table.columns, Total("Other", 2, Decimal(0), 0))["Known amounts"] == "\u2013"
    assert cells(table.columns, Total("Other", 2, Decimal(0), 1))["Known amounts"] == "$0"


def test_a_total_counts_an_amount_of_zero_as_known() -> None:
    found = total("All", [program(amount=None), program(amount=Decimal(0)), program(amount=Decimal(7))])
    assert (found.label, found.programs, found.known, found.with_amount) == ("All", 3, Decimal(7), 2)
    assert (found.without_amount, found.is_whole) == (1, False)
    assert total("All", [program(amount=Decimal(0))]).is_whole
    assert total("All", []).known == 0


def test_kinds_without_a_plan_and_plans_of_one_kind() -> None:
    action, other = plan(pk=1), plan(pk=2, kind="child_protection")
    assert PlansOf(GHANA, [action]).missing == [PlanKind.CHILD_PROTECTION]
    assert PlansOf(GHANA, [other]).missing == [PlanKind.ACTION_PLAN]
    assert PlansOf(GHANA, [action, other]).missing == []
    assert PlansOf(GHANA, [action, other]).of_kind("child_protection") == [other]


def version(pk: int, ended: dt.datetime | None = None, reason: str = "") -> USGProgram:
    return program(
        pk=pk,
        title=f"Version of {pk}",
        superseded_at=ended,
        superseded_by=BEN if ended else None,
        superseded_reason=reason,
    )


def test_the_history_numbers_versions_from_the_oldest_and_links_the_others() -> None:
    until = RECORDED + DAY
    newest, middle, first = version(9), version(5, until, "Corrected"), version(2, until, "A new term")
    table = presenters.history_table(middle, [newest, middle, first], "program", "program")
    assert table.caption == "Versions of this program, newest first"
    rows = [cells(table.columns, row) for row in (newest, middle, first)]
    assert [row["Version"] for row in rows] == [
        "Version of 9, version 3",
        "Version of 5 this version",
        "Version of 2, version 1",
    ]
    assert [row["State"] for row in rows] == ["In effect", "Replaced", "Replaced"]
    assert rows[0]["Recorded"] == "Nov 20, 2026, 23:30 UTC / Ana"
    assert [row["Until"] for row in rows] == [
        "\u2013",
        "Nov 21, 2026, 23:30 UTC / Ben",
        "Nov 21, 2026, 23:30 UTC / Ben",
    ]
    assert [row["Why"] for row in rows] == ["\u2013", "Corrected", "A new term"]
    assert [links(table.columns, row) for row in (newest, middle)] == [["/data/programs/9/"], []]
    assert table.row_css is not None
    assert [table.row_css(row) for row in (newest, middle, first)] == ["", "is-here", ""]


def test_the_newest_version_without_effect_was_withdrawn() -> None:
    newest, first = version(9, RECORDED, "Twice"), version(2, RECORDED, "A new term")
    table = presenters.history_table(newest, [newest, first], "plan", "plan")
    assert [cells(table.columns, row)["State"] for row in (newest, first)] == ["Withdrawn", "Replaced"]
    assert links(table.columns, first) == ["/data/plans/2/"]
