"""Lists and sheets of programs and plans: headings with their links, order, rows to a page, and widths."""

from __future__ import annotations

import datetime as dt

import pytest

from indicators.curated.presenters import history_table, plans_table, programs_table, sectors_table
from indicators.models import Country, NationalPlan, USGProgram
from tests.support.tables import headings, look, orders, sheet

TODAY = dt.date(2026, 11, 25)
HOVER = "usa-table c-stack usa-table--hover"


def test_the_list_of_programs_sorts_by_each_column() -> None:
    table = programs_table(TODAY, with_assessment=False)
    assert headings(table) == [
        "Program ?sort=title",
        "Country ?sort=-country ascending",
        "Agency ?sort=agency",
        "Sector ?sort=sector",
        "Dates ?sort=ends",
        "Amount num ?sort=-amount",
    ]
    assert headings(table, query="?sort=-amount&page=2")[-1] == "Amount num ?sort=amount descending"
    assert look(table) == (HOVER, 25)
    assert orders(table, USGProgram.objects.all()) == {
        "title": ["title", "country__name", "pk"],
        "country": ["country__name", "agency", "title", "pk"],
        "agency": ["agency", "country__name", "title", "pk"],
        "sector": ["sector", "country__name", "title", "pk"],
        "ends": ["ends_on", "country__name", "title", "pk"],
        "amount": ["amount", "country__name", "title", "pk"],
    }


PROGRAM_SHEET = [
    ("country", 24),
    ("iso3", 8),
    ("agency", 36),
    ("agency_code", 12),
    ("title", 44),
    ("sector", 26),
    ("implementer", 30),
    ("starts_on", 12),
    ("ends_on", 12),
    ("amount_usd", 16),
    ("source", 44),
    ("source_url", 30),
]
PLAN_SHEET = [
    ("Country", 24),
    ("Code", 8),
    ("Kind", 36),
    ("Title", 44),
    ("First year", 10),
    ("Last year", 10),
    ("Status", 16),
    ("Source", 44),
    ("Address", 30),
    ("Recorded on", 12),
]


@pytest.mark.parametrize("with_assessment", [True, False])
def test_assessments_have_a_column_for_those_who_see_them(with_assessment: bool) -> None:
    own = [("assessment", 60)] * with_assessment
    assert sheet(programs_table(TODAY, with_assessment=with_assessment)) == [
        *PROGRAM_SHEET,
        *own,
        ("recorded_on", 12),
    ]
    own = [("Assessment", 60)] * with_assessment
    assert sheet(plans_table(TODAY, with_assessment=with_assessment)) == [*PLAN_SHEET, *own]


def test_the_other_lists() -> None:
    plans = plans_table(TODAY, with_assessment=False)
    assert headings(plans) == ["Country", "Plan", "Kind", "Period", "Status"]
    assert look(plans) == (HOVER, 25)
    sectors = sectors_table(Country(name="Ghana"))
    assert headings(sectors) == ["Sector", "Programs num", "Known amounts num", "Not known num"]
    assert look(sectors) == ("usa-table c-stack", 0)
    plan = NationalPlan(pk=1)
    history = history_table(plan, [plan], "plan", "plan")
    assert headings(history) == ["Version", "State", "Recorded", "Until", "Why"]
    assert look(history) == ("usa-table c-stack", 0)
