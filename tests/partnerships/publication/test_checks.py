"""Sectors, days, identifiers, and the product's own checks of a file. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from partnerships.publication.checks import check_activity
from partnerships.publication.facts import (
    ActivityFacts,
    Defaults,
    LedgerTotals,
    ProgramMoney,
    PublishedBudget,
    PublishedMovement,
    PublishedName,
    ReportingOrganization,
    dates_of,
    identifiers,
    sectors_of,
)
from partnerships.publication.iati_file import file_of, tree_of

D = Decimal
TODAY = date(2026, 11, 30)
STATE = PublishedName("Department", "1", "10", "US-GOV-11")
FACTS = ActivityFacts(
    partnership=1,
    identifier="US-GOV-11-CPC-GH-2021",
    reporting=ReportingOrganization("US-GOV-11", "Department"),
    title="Partnership with Ghana",
    description="For children",
    organizations=[STATE, PublishedName("Ministry", "2", "10")],
    status="2",
    dates={"2": date(2021, 1, 1), "3": date(2027, 1, 1)},
    country_code="GH",
    country_name="Ghana",
    regions=["Volta"],
    sectors=[("15130", D(60)), ("16010", D(40))],
    without_sector=[],
    defaults=Defaults("1", "10", "110", "C01", "5"),
    budgets=[PublishedBudget(date(2020, 10, 1), date(2021, 9, 30), D("10.50"), is_revised=False)],
    movements=[PublishedMovement("1-1", "2", date(2021, 2, 1), D("9.50"), PublishedName("Implementer 1", "", "24"))],
    results=[],
    links=[],
    totals=LedgerTotals(D("9.50"), D(0), D("10.50")),
)


def errors_of(**changes: Any) -> list[str]:
    facts = replace(FACTS, **changes)
    found = check_activity(
        tree_of([facts])[0],
        facts,
        TODAY,
        countries={"GH"},
        looked_for=2,
        found_in=lambda text: ["Sample Network"] if "sample network" in text.lower() else [],
    )
    return [f"{one.name}: {error}" for one in found for error in one.errors]


def test_a_whole_activity_has_no_error_and_no_date_of_its_own() -> None:
    assert errors_of() == []
    assert file_of([FACTS]) == file_of([FACTS])


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"description": ""}, ["Schema: description"]),
        ({"title": " "}, ["Schema: a narrative is empty"]),
        ({"organizations": []}, ["Schema: participating-org"]),
        ({"dates": {}}, ["Schema: activity-date", "Rules: no first day"]),
        ({"country_code": "ZZ"}, ["Code lists: recipient-country ZZ"]),
        ({"status": "7"}, ["Code lists: activity-status 7"]),
        ({"sectors": [("15130", D("99.99"))]}, ["Rules: sectors add up to 99.99, not 100"]),
        ({"sectors": []}, ["Rules: no sector"]),
        ({"sectors": [("99999", D(100))]}, ["Code lists: sector 99999"]),
        ({"dates": {"2": TODAY, "4": date(2026, 11, 29)}}, ["Rules: the last day is before the first day"]),
        ({"dates": {"2": TODAY, "4": date(2026, 12, 1)}}, ["Rules: an actual day is in the future"]),
        ({"identifier": "US-GOV-1-CPC"}, [
            "Rules: the identifier does not begin with US-GOV-11, or has one of / & | ?"]),
        ({"description": "By Sample Network"}, ["Withheld items: 1 found in the file"]),
        ({"totals": LedgerTotals(D("9.51"), D(0), D("10.50"))}, [
            "Money: commitments are $9.50, $9.51 in the ledger"]),
        ({"totals": LedgerTotals(D("9.50"), D(0), D("10.49"))}, ["Money: budgets are $10.50, $10.49 in the plan"]),
        ({"budgets": [PublishedBudget(date(2020, 1, 1), date(2021, 1, 2), D("10.50"), is_revised=True)]}, [
            "Rules: a budget is for more than a year"]),
    ],
)  # fmt: skip
def test_each_fault_is_named(changes: dict[str, Any], errors: Sequence[str]) -> None:
    assert errors_of(**changes) == errors


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    facts = replace(FACTS, title="Courts\x0b & <children>")
    assert b"<narrative>Courts &amp; &lt;children&gt;</narrative>" in file_of([facts])


@pytest.mark.parametrize(
    ("programs", "sectors", "missing"),
    [
        ([(1, "1", [("A", "100")])], {"A": "100"}, []),
        ([(1, "1", [("A", "100")]), (2, "1", [("B", "100")]), (3, "1", [("C", "100")])],
         {"A": "33.34", "B": "33.33", "C": "33.33"}, []),
        ([(1, "3", [("A", "50"), ("B", "50")]), (2, "1", [("A", "100")])], {"A": "62.5", "B": "37.5"}, []),
        ([(1, "89", [("A", "100")]), (2, "11", [])], {"A": "89"}, [(2, "11")]),
        ([(1, "0", [("A", "100")]), (2, "0", [])], {"A": "50"}, [(2, "50")]),
        ([(1, "5", [("A", "100")]), (2, "0", [])], {"A": "100"}, []),
        ([(0, "0", [])], {}, [(0, "100")]),
    ],
)  # fmt: skip
def test_sectors_count_by_the_money_of_their_programs(programs: Any, sectors: Any, missing: Any) -> None:
    rows = [
        ProgramMoney(key, "P", D(money), [(one, D(part)) for one, part in shares]) for key, money, shares in programs
    ]
    found, without = sectors_of(rows)
    assert dict(found) == {key: D(value) for key, value in sectors.items()}
    assert [(key, percent) for key, _, percent in without] == [(key, D(value)) for key, value in missing]


def test_days_depend_on_the_status_and_on_what_has_happened() -> None:
    first, last, ended = date(2025, 1, 1), date(2027, 1, 1), date(2026, 1, 1)
    assert dates_of("signed", first, last, None, TODAY) == {"1": first, "3": last}
    assert dates_of("active", first, last, None, TODAY) == {"2": first, "3": last}
    assert dates_of("active", date(2026, 12, 1), last, None, TODAY) == {"1": date(2026, 12, 1), "3": last}
    assert dates_of("terminated", first, last, ended, TODAY) == {"2": first, "3": last, "4": ended}
    assert dates_of("selected", None, None, None, TODAY) == {}


def test_identifiers_are_one_of_a_kind() -> None:
    rows = [(3, "GH", date(2021, 1, 1)), (1, "GH", date(2021, 5, 1)), (2, "GH", None), (4, "KE", date(2021, 1, 1))]
    assert identifiers(rows, "X-CPC") == {
        1: "X-CPC-GH-2021",
        2: "X-CPC-GH-DRAFT-2",
        3: "X-CPC-GH-2021-2",
        4: "X-CPC-KE-2021",
    }
