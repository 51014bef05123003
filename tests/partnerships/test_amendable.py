"""Rules of each kind of amendment, on either side of each bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cpc.findings import Severity
from partnerships.amendable import (
    ADDED_WITH,
    AMENDABLE,
    FIRST_DAY_FROZEN,
    Effect,
    effect_findings,
    first_day_open,
    open_for,
)

DAY = timedelta(days=1)
START, END = date(2021, 1, 1), date(2025, 1, 1)
SINCE = date(2023, 3, 15)
NOTHING = Effect(
    kind="terms",
    has_document=False,
    status="active",
    status_as_of=SINCE,
    starts_on=START,
    ends_on=END,
    ends_on_then=END,
    starts_on_then=START,
    planned=Decimal(100),
    planned_then=Decimal(100),
    sets_amounts=False,
)
LATER = "An extension must move the last day of the term to a later date."
NO_COST = "A no-cost extension can't change amounts."
TOP_UP = "A top-up must raise the amount that the United States plans."
OVER = "Only a correction can be recorded."
FIELDS = {
    "amendment_kind": "kind",
    "partnership_status": "kind",
    "term_missing": "ends_on",
    "ends_before_step": "ends_on",
    "first_day_frozen": "starts_on",
}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"kind": "extension"}, [("amendment_kind", LATER)]),
        ({"kind": "extension", "ends_on_then": END - DAY}, [("amendment_kind", LATER)]),
        ({"kind": "extension", "ends_on_then": END + DAY}, []),
        ({"kind": "extension", "ends_on_then": END + DAY, "sets_amounts": True}, []),
        ({"kind": "extension", "ends_on": None}, []),
        ({"kind": "no_cost_extension"}, [("amendment_kind", LATER)]),
        ({"kind": "no_cost_extension", "ends_on_then": END + DAY}, []),
        ({"kind": "no_cost_extension", "ends_on_then": END + DAY, "sets_amounts": True}, [("amendment_kind", NO_COST)]),
        ({"kind": "no_cost_extension", "sets_amounts": True}, [("amendment_kind", LATER), ("amendment_kind", NO_COST)]),
        ({"kind": "top_up"}, [("amendment_kind", TOP_UP)]),
        ({"kind": "top_up", "planned_then": Decimal(99)}, [("amendment_kind", TOP_UP)]),
        ({"kind": "top_up", "planned_then": Decimal("100.01")}, []),
        ({"kind": "terms", "sets_amounts": True, "ends_on_then": END + DAY}, []),
        ({"ends_on_then": None}, [("term_missing", "A signed partnership needs a first and a last day.")]),
        ({"ends_on_then": SINCE}, []),
        ({"ends_on_then": SINCE - DAY}, [("ends_before_step", "active since 2023-03-15. It cannot end before that")]),
        ({"ends_on_then": SINCE - DAY, "status_as_of": None}, []),
        ({"ends_on_then": SINCE - DAY, "status": "closed", "kind": "correction"}, []),
        ({"status": "suspended"}, []),
        ({"status": "signed"}, []),
        ({"status": "completed"}, [("partnership_status", f"The partnership is completed. {OVER}")]),
        ({"status": "in_clearance"}, [("partnership_status", f"The partnership is in_clearance. {OVER}")]),
        ({"status": "completed", "kind": "correction"}, []),
        ({"starts_on_then": START + DAY}, [("first_day_frozen", FIRST_DAY_FROZEN)]),
        ({"starts_on_then": START + DAY, "kind": "correction"}, [("first_day_frozen", FIRST_DAY_FROZEN)]),
        ({"starts_on_then": START + DAY, "has_document": True}, [("first_day_frozen", FIRST_DAY_FROZEN)]),
        ({"starts_on_then": START + DAY, "kind": "correction", "has_document": True}, []),
        (
            {"starts_on_then": None, "kind": "correction", "has_document": True},
            [("term_missing", "A signed partnership needs a first and a last day.")],
        ),
    ],
)
def test_an_amendment_has_the_effect_of_its_kind(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    findings = effect_findings(replace(NOTHING, **changes))
    assert [finding.code for finding in findings] == [code for code, _ in found]
    assert all(said in finding.message for finding, (_, said) in zip(findings, found, strict=True))
    assert {finding.severity for finding in findings} <= {Severity.ERROR}
    assert [finding.field for finding in findings] == [FIELDS[code] for code, _ in found]


@pytest.mark.parametrize("status", ["selected", "in_clearance", "completed", "terminated", "closed", "canceled"])
def test_out_of_force_only_a_correction_is_open(status: str) -> None:
    assert open_for("correction", status) == []
    for kind in ("extension", "no_cost_extension", "top_up", "terms"):
        assert [finding.code for finding in open_for(kind, status)] == ["partnership_status"]


def test_without_an_amendment_the_first_day_is_frozen() -> None:
    assert [finding.field for finding in first_day_open("", has_document=True)] == ["starts_on"]


def test_columns_of_additions_are_amendable_columns_and_their_parent() -> None:
    assert set(ADDED_WITH) == set(AMENDABLE) - {"partnership"}
    for name, columns in ADDED_WITH.items():
        assert set(AMENDABLE[name]) - {"withdrawn"} <= set(columns), name
        assert "withdrawn" not in columns, name
