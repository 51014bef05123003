"""The frame of a partnership's pages: what a partnership that is over still takes, its keys, and its tabs."""

from __future__ import annotations

import re

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from partnerships.models import Partnership, RecordKind
from partnerships.page_frame import Visit, over_notice, over_reason, record_keys_of
from partnerships.tabs import TABS, page_of_tab, partnership_tabs
from tests.partnerships.unsaved import partnership
from tests.worlds.partnerships.build import START

ANALYST, APPROVER = User(role=Role.ANALYST), User(role=Role.APPROVER)
ALIVE = "refunds and disallowed costs (2 CFR 200.345), late evaluations, documents, and corrections."


def notice_html(row: Partnership, user: User) -> str:
    """Return the notice as pages show it."""
    html = render_to_string("partnerships/shared/_over.html", {"partnership": row, "over": over_notice(row, user)})
    return html.strip()


def notice(row: Partnership, user: User) -> str:
    """Return the words of the notice."""
    return " ".join(re.sub(r"<[^>]+>", "", notice_html(row, user)).split())


@pytest.mark.parametrize("status", ["selected", "in_clearance", "signed", "active", "suspended"])
def test_before_it_is_over_a_partnership_has_no_notice(status: str) -> None:
    assert notice_html(partnership(status), APPROVER) == ""


@pytest.mark.parametrize("status", ["completed", "terminated"])
def test_until_it_is_closed_what_is_left_to_settle_can_be_recorded(status: str) -> None:
    assert notice(partnership(status), ANALYST) == (
        f"The partnership is {status}, so nothing new can be pledged, extended, or raised. What is left to settle, "
        f"such as awards and results, can be recorded until it is closed, and afterward still {ALIVE}"
    )


def test_a_closed_partnership_is_reopened_by_an_approver() -> None:
    closed = "The partnership is closed, so nothing new can be planned or promised."
    row = partnership("closed")
    assert notice(row, APPROVER) == (f"{closed} Reopen it to do so. Still possible: {ALIVE}")
    assert notice(row, ANALYST) == f"{closed} An approver can reopen it. Still possible: {ALIVE}"
    assert 'href="/partnerships/7/step/reopen/"' in notice_html(row, APPROVER)


def test_a_canceled_one_takes_nothing_and_a_documented_one_has_no_notice() -> None:
    words = "The partnership is canceled. Nothing can be planned or promised in it."
    assert notice(partnership("canceled"), APPROVER) == words
    assert notice_html(partnership("closed", kind=RecordKind.DOCUMENTED), APPROVER) == ""


@pytest.mark.parametrize(
    ("status", "plans", "begins"),
    [
        ("active", "award", ""),
        ("completed", "award", ""),
        ("closed", "award", "The partnership is closed, so nothing can be planned or promised. Reopen it first."),
        ("canceled", "award", "The partnership is canceled, so nothing can be planned or promised."),
        ("completed", "limitexception", "The partnership is completed, so nothing new can be planned or promised."),
        ("closed", "amendment", ""),
        ("closed", "", ""),
    ],
)
def test_the_reason_against_a_row_that_plans(status: str, plans: str, begins: str) -> None:
    found = over_reason(partnership(status), plans, ANALYST)
    assert found.startswith(begins)
    assert bool(found) is bool(begins)
    assert found.endswith("An approver can reopen it.") is (status == "closed" and bool(begins))
    by_approver = over_reason(partnership(status), plans, APPROVER)
    assert ("/step/reopen/" in by_approver) is (status == "closed" and bool(begins))


@pytest.mark.parametrize(
    ("status", "plans", "offered"),
    [
        ("active", "limitexception", True),
        ("completed", "limitexception", False),
        ("completed", "amendment", True),
        ("completed", "award", True),
        ("closed", "award", False),
        ("canceled", "objective", False),
        ("closed", "objective", True),
        ("closed", "contribution", False),
    ],
)
def test_a_page_offers_what_the_partnership_takes_and_the_account_may(
    status: str, plans: str, *, offered: bool
) -> None:
    row = partnership(status)
    assert Visit(HttpRequest(), row, ANALYST, START).may_add(plans) is offered
    assert Visit(HttpRequest(), row, User(role=Role.VIEWER), START).may_add(plans) is False


def test_only_a_managed_partnership_has_pages_that_resolve_findings() -> None:
    assert record_keys_of(partnership()) == {"country": "KEN", "partnership": 7}
    assert record_keys_of(partnership(kind=RecordKind.DOCUMENTED)) == {"country": "KEN"}


def test_a_documented_partnership_has_the_tabs_of_what_is_known() -> None:
    every = partnership_tabs(ANALYST, partnership(), "partnership-terms")
    assert [label for label, _, current in every if current] == ["Terms"]
    assert ("Terms", "/partnerships/7/terms/", True) in every
    assert [label for label, _, _ in every] == list(TABS.labels)
    known = partnership_tabs(ANALYST, partnership(kind=RecordKind.DOCUMENTED), "partnership-exceptions")
    assert known == [
        ("Overview", "/partnerships/7/", False),
        ("Money", "/partnerships/7/exceptions/", True),
        ("Documents", "/partnerships/7/publication/", False),
        ("History", "/partnerships/7/as-of/", False),
    ]


@pytest.mark.parametrize(
    ("page", "tab", "lead"),
    [
        ("partnership", "Overview", ""),
        ("partnership-terms", "Terms", ""),
        ("partnership-amendments", "Terms", "partnership-terms"),
        ("partnership-outlook", "Terms", "partnership-terms"),
        ("partnership-money", "Money", ""),
        ("partnership-exceptions", "Money", "partnership-money"),
        ("partnership-results", "Results", ""),
        ("partnership-monitoring", "Results", "partnership-results"),
        ("partnership-periods", "Results", "partnership-results"),
        ("partnership-dialogues", "Dialogues", ""),
        ("partnership-documents", "Documents", ""),
        ("partnership-as-of", "History", ""),
        ("partnership-determinations", "History", "partnership-as-of"),
    ],
)
def test_each_page_marks_one_of_seven_tabs_and_has_its_page_above(page: str, tab: str, lead: str) -> None:
    assert [label for label, _, current in partnership_tabs(ANALYST, partnership(), page) if current] == [tab]
    assert page_of_tab(page) == lead
