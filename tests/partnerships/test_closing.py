"""Rows that plan or promise, by the state of their partnership."""

from __future__ import annotations

from typing import Any

import pytest

from partnerships.closing import (
    CLOSED,
    OVER,
    PLANS,
    Planning,
    is_refused,
    reason_against,
    takes_no_new,
    takes_none,
    takes_some,
)

STATES = ("active", "suspended", "completed", "terminated", "closed", "canceled")


def refused_in(model: str, **values: Any) -> set[str]:
    return {status for status in STATES if is_refused(model, status, values.get)}


@pytest.mark.parametrize(
    ("model", "values", "states"),
    [
        ("limitexception", {}, OVER),
        ("amendment", {"kind": "extension"}, OVER),
        ("amendment", {"kind": "correction"}, set()),
        ("contribution", {"stage": "pledged"}, OVER),
        ("contribution", {"stage": "verified"}, CLOSED),
        ("contribution", {"stage": "pledged", "replaces_id": 1}, set()),
        ("contribution", {"stage": "verified", "replaces_id": 1}, set()),
        ("ledgerentry", {"kind": "disbursement"}, CLOSED),
        ("ledgerentry", {"kind": "refund"}, set()),
        ("ledgerentry", {"kind": "deobligation"}, set()),
        ("ledgerentry", {"kind": "reduction"}, set()),
        ("dialogue", {"is_final": False}, OVER),
        ("dialogue", {"is_final": True}, CLOSED),
        ("dialoguestep", {"name": "plan_again"}, CLOSED),
        ("dialoguestep", {"name": "hold"}, set()),
        ("award", {}, CLOSED),
        ("evaluation", {}, set()),
    ],
)
def test_what_plans_is_refused_once_its_partnership_is_over(
    model: str, values: dict[str, Any], states: set[str]
) -> None:
    assert refused_in(model, **values) == states


@pytest.mark.parametrize(
    ("model", "none", "no_new", "some"),
    [
        ("award", CLOSED, CLOSED, set()),
        ("limitexception", OVER, OVER, set()),
        ("contribution", set(), CLOSED, OVER),
        ("ledgerentry", set(), set(), CLOSED),
        ("amendment", set(), set(), OVER),
        ("dialogue", CLOSED, CLOSED, OVER - CLOSED),
        ("dialoguestep", set(), set(), CLOSED),
        ("document", set(), set(), set()),
    ],
)
def test_a_table_takes_none_some_or_only_replacements(
    model: str, none: set[str], no_new: set[str], some: set[str]
) -> None:
    for ask, expected in ((takes_none, none), (takes_no_new, no_new), (takes_some, some)):
        assert {status for status in STATES if ask(model, status)} == expected, ask


def test_a_rule_narrows_by_every_column() -> None:
    rule = Planning(OVER, only={"kind": ("a", "b"), "is_final": (True,)}, unless={"stage": ("x",)}, corrects="old_id")
    fits = {"kind": "b", "is_final": True, "stage": "y", "old_id": None}
    assert rule.applies(fits.get)
    changes: tuple[dict[str, Any], ...] = ({"kind": "c"}, {"is_final": False}, {"stage": "x"}, {"old_id": 0})
    for change in changes:
        assert not rule.applies((fits | change).get), change
    assert rule.sql() == (
        "NEW.old_id IS NULL AND NEW.kind IN ('a', 'b') AND NEW.is_final IN (TRUE) AND NEW.stage NOT IN ('x')"
    )
    assert (Planning(OVER).sql(), Planning(OVER).holds_for_all, rule.holds_for_all) == ("TRUE", True, False)


def test_a_new_day_of_a_plan_plans_again() -> None:
    moved = {name: rule.moved for name, rules in PLANS.items() for rule in rules if rule.moved}
    assert moved == {
        "dialogue": ("planned_on",),
        "sustainabilitymeasure": ("review_on",),
        "risk": ("review_on",),
    }


@pytest.mark.parametrize(
    ("status", "label", "start", "end"),
    [
        ("closed", "Closed", "The partnership is closed, so nothing can be planned or promised. Reopen it first.",
         "documents, and corrections can still be recorded."),
        ("canceled", "Canceled", "The partnership is canceled, so nothing", "Open another partnership."),
        ("completed", "Completed", "The partnership is completed, so nothing new",
         "a correction can be drafted as an amendment."),
    ],
)  # fmt: skip
def test_the_reason_has_the_remedy_of_the_state(status: str, label: str, start: str, end: str) -> None:
    reason = reason_against(status, label)
    assert reason.startswith(start)
    assert reason.endswith(end)
