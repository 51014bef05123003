"""The page of one partnership, from plain rows: its steps, elements, tables, and offices."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cpc.accounts.permissions import Permission
from cpc.findings import Finding
from cpc.web.badges import Badge
from partnerships.models import (
    Participant,
    Partnership,
    RecordKind,
)
from partnerships.portfolio.overview import Element
from partnerships.portfolio.presenters.overview import (
    element_line,
    elements_note,
    next_steps,
    offices_by_government,
    road,
)
from partnerships.portfolio.views import filled_at
from tests.partnerships.unsaved import START, page_of, partnership

DAY = timedelta(days=1)


def gap(letter: str = "A", message: str = "Objectives: add an objective; and another.") -> Element:
    return Element(letter, "Objectives", "objectives", Finding.error(f"element_{letter}", message))


COMPLETE = Element("B", "Responsibilities", "responsibilities", None)

# ---- steps ---------------------------------------------------------------------------------------------------------

NAMES = ["Selected", "Invited", "Negotiating", "In clearance", "Signed", "Active", "Completed", "Closed"]


def named(**other: str) -> list[str]:
    return [other.get(name.lower(), name) for name in NAMES]


@pytest.mark.parametrize(
    ("status", "was_terminated", "names", "current"),
    [
        ("selected", False, NAMES, 0),
        ("in_clearance", False, NAMES, 3),
        ("active", False, NAMES, 5),
        ("suspended", False, named(active="Suspended"), 5),
        ("suspended", True, named(active="Suspended"), 5),
        ("completed", False, NAMES, 6),
        ("terminated", False, named(completed="Terminated"), 6),
        ("closed", False, NAMES, 8),
        ("closed", True, named(completed="Terminated"), 8),
        ("completed", True, named(completed="Terminated"), 6),
    ],
)
def test_progress_bar_shows_exceptional_status(
    status: str, names: list[str], current: int, *, was_terminated: bool
) -> None:
    assert road(status, was_terminated=was_terminated) == (names, current)


def test_a_documented_partnership_past_its_term_is_ended_with_its_status_not_known() -> None:
    assert road("active", is_lapsed=True) == (named(completed="Ended, status not known"), 6)


EVERYTHING = set(Permission)


@pytest.mark.parametrize(
    ("status", "allowed", "steps"),
    [
        ("selected", EVERYTHING, ["invite", "cancel"]),
        ("selected", {Permission.EDIT_PARTNERSHIPS}, ["invite"]),
        ("selected", {Permission.APPROVE_PARTNERSHIPS}, ["cancel"]),
        ("selected", set(), []),
        ("active", EVERYTHING, ["complete"]),
        ("suspended", EVERYTHING, ["complete"]),
        ("signed", EVERYTHING, ["start"]),
        ("terminated", EVERYTHING, ["close"]),
        ("canceled", EVERYTHING, []),
    ],
)
def test_offered_steps_are_permitted_and_need_no_determination(
    status: str, allowed: set[Permission], steps: list[str]
) -> None:
    assert [step.name for step in next_steps(status, allowed.__contains__)] == steps


# ---- elements ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "element", "badge", "text"),
    [
        (partnership("negotiating"), COMPLETE, Badge("good", "Complete"), ""),
        (partnership("negotiating"), gap(), Badge("bad", "Gap"), "Add an objective; and another."),
        (
            partnership("negotiating"),
            gap(message="A: define CV-1: Victims."),
            Badge("bad", "Gap"),
            "Define CV-1: Victims.",
        ),
        (partnership("active"), gap(), Badge("bad", "Gap"), "Add an objective; and another."),
        (partnership("active", kind=RecordKind.DOCUMENTED), gap(), Badge("unknown", "Not recorded"), ""),
        (partnership("active", kind=RecordKind.DOCUMENTED), COMPLETE, Badge("good", "Complete"), ""),
        (partnership("canceled"), gap(), Badge("none", "Not completed"), ""),
        (partnership("canceled"), COMPLETE, Badge("good", "Complete"), ""),
        (partnership("closed"), gap(), Badge("bad", "Gap"), "Add an objective; and another."),
    ],
)
def test_an_element_is_complete_or_has_a_gap_or_is_not_known(
    row: Partnership, element: Element, badge: Badge, text: str
) -> None:
    assert element_line(element, row) == (element, badge, text)


@pytest.mark.parametrize(
    ("row", "gaps", "note"),
    [
        (partnership("in_clearance"), 0, "All seven are complete."),
        (partnership("in_clearance"), 1, "All seven must be complete before signature. One has a gap."),
        (partnership("in_clearance"), 2, "All seven must be complete before signature. Two have a gap."),
        (partnership("signed"), 0, "All seven are complete."),
        (partnership("signed"), 1, "Signature needed all seven. One has a gap now."),
        (partnership("closed"), 3, "Signature needed all seven. Three have a gap now."),
        (partnership("canceled"), 0, "The partnership was canceled before signature, which needs all seven."),
        (partnership("canceled"), 2, "The partnership was canceled before signature, which needs all seven."),
        (
            partnership("active", kind=RecordKind.DOCUMENTED),
            0,
            "The text of the instrument is not held here, so its content is not known.",
        ),
    ],
)
def test_note_counts_gaps_for_signature(row: Partnership, gaps: int, note: str) -> None:
    page = page_of(row, elements=[gap()] * gaps + [COMPLETE] * (7 - gaps))
    assert elements_note(page, START) == note


@pytest.mark.parametrize(
    ("letter", "links"),
    [
        ("A", [("", "/partnerships/7/terms/#objective")]),
        ("B", [("", "/partnerships/7/terms/#responsibility")]),
        ("C", [("", "/partnerships/7/terms/#program")]),
        ("D", [("", "/partnerships/7/monitoring/")]),
        ("E", [("", "/partnerships/7/money/#contributions"), ("Mechanisms", "/partnerships/7/terms/#mechanism")]),
        ("F", [("", "/partnerships/7/outlook/")]),
        ("G", [("", "/partnerships/7/terms/#data-plan")]),
    ],
)
def test_each_element_is_filled_in_on_its_page(letter: str, links: list[tuple[str, str]]) -> None:
    assert filled_at(letter, 7) == links


# ---- offices -------------------------------------------------------------------------------------------------------


def office(name: str, government: str, *, leads: bool = False) -> Participant:
    return Participant(name=name, government=government, is_lead=leads)


def test_offices_stand_by_government_and_who_leads_is_named() -> None:
    rows = [
        office("TIP Office", "us", leads=True),
        office("Ministry", "partner"),
        office("Police", "partner", leads=True),
    ]
    page = page_of(partnership(), participants=rows)
    assert offices_by_government(page) == [
        ("United States", "TIP Office (leads)"),
        ("Kenya", "Ministry, Police (leads)"),
    ]


def test_missing_offices_are_not_named_yet_or_not_found() -> None:
    page = page_of(partnership(), participants=[office("TIP Office", "us")])
    assert offices_by_government(page) == [("United States", "TIP Office"), ("Kenya", "Not named yet")]
    documented = page_of(partnership(kind=RecordKind.DOCUMENTED))
    assert offices_by_government(documented) == [("United States", "Not found"), ("Kenya", "Not found")]
