"""Countries in a partnership, and terms and signatures as the selection reads them, row by row."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from indicators.models import Country
from partnerships.agreements.queries import in_partnership, partnerships_of_country, signatures, terms
from selection.queries import PartnershipTerm, Signature
from tests.partnerships.forged import Make, forge
from tests.worlds.partnerships.build import Stage

DAY = timedelta(days=1)
TODAY = date(2024, 6, 15)
START = date(2021, 1, 1)


@pytest.fixture
def make(stage: Stage) -> Make:
    """Return the function that writes a partnership in any status."""
    return forge


@pytest.mark.parametrize(
    ("status", "is_in"),
    [
        *((status, True) for status in ("selected", "invited", "negotiating", "in_clearance")),
        *((status, True) for status in ("signed", "active", "suspended")),
        *((status, False) for status in ("completed", "terminated", "closed", "canceled")),
    ],
)
def test_a_country_is_in_a_partnership_by_its_status(make: Make, status: str, *, is_in: bool) -> None:
    make("Shelters", status)
    assert ("KEN" in in_partnership(TODAY)) is is_in


@pytest.mark.parametrize(
    ("days", "is_in"),
    [
        ({"ends_on": TODAY}, True),
        ({"ends_on": TODAY - DAY}, False),
        ({"ends_on": None}, True),
        ({"ends_on": TODAY, "ended_on": TODAY}, True),
        ({"ends_on": TODAY + DAY, "ended_on": TODAY - DAY}, False),
    ],
)
def test_a_partnership_counts_through_its_last_day(make: Make, days: dict[str, date | None], *, is_in: bool) -> None:
    make("Shelters", **days)
    assert ("KEN" in in_partnership(TODAY)) is is_in


def test_the_sentence_on_a_partnership(make: Make) -> None:
    make("Shelters", "in_clearance", code="KEN", ends_on=TODAY)
    make("Courts", code="PER", ends_on=TODAY, status_as_of=START)
    make("Police", code="NGA", ends_on=None, documented=True, status_as_of=START)
    make("Schools", code="CIV", ends_on=TODAY, documented=True)
    assert in_partnership(TODAY) == {
        "KEN": "In a partnership: Shelters (in clearance; it is planned to end Jun 15, 2024).",
        "PER": "In a partnership: Courts (active; it ends Jun 15, 2024).",
        "NGA": "In a partnership: Police (active, last documented Jan 1, 2021).",
        "CIV": "In a partnership: Schools (active; it ends Jun 15, 2024).",
    }


def test_terms_and_signatures_of_what_came_into_force(make: Make) -> None:
    ended, signed = TODAY - 9 * DAY, START - DAY
    make("terminated", "terminated", signed_on=signed, ends_on=TODAY, ended_on=ended)
    make("closed", "closed", ends_on=TODAY)
    make("signed", "signed", documented=True, starts_on=None, ends_on=None, signed_on=signed, status_as_of=TODAY)
    make("known", documented=True, starts_on=None, ends_on=None, status_as_of=TODAY)
    make("unknown", documented=True, starts_on=None, ends_on=None)
    make("draft", "in_clearance")
    make("canceled", "canceled")
    assert terms() == [
        PartnershipTerm("KEN", "terminated", START, ended),
        PartnershipTerm("KEN", "closed", START, TODAY),
        PartnershipTerm("KEN", "signed", signed, None),
        PartnershipTerm("KEN", "known", TODAY, None),
    ]
    assert signatures() == [
        Signature("KEN", "terminated", signed),
        Signature("KEN", "closed", START),
        Signature("KEN", "signed", signed),
    ]


def test_the_partnerships_of_a_country_stand_newest_first(make: Make) -> None:
    make("a")
    make("b", starts_on=START + DAY)
    make("c")
    make("Peru", code="PER")
    rows = partnerships_of_country(Country.objects.get(code="KEN"))
    assert [row.title for row in rows] == ["b", "c", "a"]
