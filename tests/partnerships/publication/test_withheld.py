"""Names and locations as they are shown outside: the pure rule, and what the record gives it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpc.accounts.permissions import Role
from partnerships.models import Activity, Award, Partnership, SubAward, Withholding
from partnerships.withheld import OutsideView, Recorded, outside_of, seen_by, sees_withheld, withheld_items
from tests.partnerships.publication.withheld_items import determine, propose, withhold
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import END, START, Stage

NETWORK = "Sample Child Care Network"


def row(effect: str, item: str, **more: Any) -> Withholding:
    return Withholding(kind=more.pop("kind", "name"), item=item, effect=effect, **more)


def view(**more: Any) -> OutsideView:
    values: dict[str, Any] = {
        "recipients": {"Sample Justice Institute": True, "UN Sample Agency": False, NETWORK: True},
        "others": ["Sample Village Group", "Ministry of Sample Affairs"],
        "known": ["Ministry of Sample Affairs"],
        "locations": ["North District", "12 Sample Road, North District"],
        "regions": ["North District"],
        "country": "Sample Country",
        "determinations": {},
    }
    return OutsideView(withheld_items(Recorded(**values | more)))


def test_names_and_locations_are_withheld_unless_released() -> None:
    outside = view()
    assert [(item.item, item.prints) for item in outside.items] == [
        ("Sample Justice Institute", "Implementer 1"),
        (NETWORK, "Implementer 3"),
        ("Sample Village Group", "Implementer 4"),
        ("12 Sample Road, North District", "Location withheld"),
    ]
    assert outside.shown("UN Sample Agency") == "UN Sample Agency"
    assert outside.shown("North District") == "North District"
    assert outside.shown("sample  CHILD care network") == "Implementer 3"


def test_a_determination_releases_withholds_and_gives_what_prints_instead() -> None:
    outside = view(
        determinations={
            ("name", "sample child care network"): row("release", NETWORK),
            ("name", "un sample agency"): row("withhold", "UN Sample Agency", prints_instead="An agency"),
            ("location", "north district"): row("withhold", "North District", kind="location"),
            ("name", "sample person"): row("withhold", "Sample Person"),
        }
    )
    assert outside.shown(NETWORK) == NETWORK
    assert outside.shown("UN Sample Agency") == "An agency"
    assert outside.shown("North District") == "Location withheld"
    assert outside.text("Sample Person of UN Sample Agency") == "Name withheld of An agency"


def test_texts_are_masked_as_a_whole_whatever_capitals_and_spaces() -> None:
    outside = view()
    assert outside.text(f"Shelter of {NETWORK}'s staff") == "Shelter of Implementer 3's staff"
    assert outside.text("SAMPLE  CHILD\ncare network, sample child care networks") == (
        "Implementer 3, sample child care networks"
    )
    assert [item.item for item in outside.found_in("a sample child care network")] == [NETWORK]
    assert outside.found_in(outside.text(f"{NETWORK}, 12 Sample Road, North District")) == []


def test_what_prints_instead_never_names_another_item() -> None:
    outside = view(
        determinations={("name", "un sample agency"): row("withhold", "UN Sample Agency", prints_instead=NETWORK)}
    )
    assert outside.shown("UN Sample Agency") == "withheld"


def test_a_text_that_is_part_of_what_goes_out_is_not_masked() -> None:
    outside = view(locations=["North"], regions=["North District"])
    assert outside.shown("North") == "Location withheld"
    assert outside.text("Courts of North District") == "Courts of North District"
    assert outside.found_in("North District") == []


@pytest.fixture
def running(facts: None) -> tuple[Stage, Partnership, Award]:
    stage = Stage()
    partnership = stage.active("KEN")
    award = stage.award(partnership, "5.00")
    return stage, partnership, award


@pytest.mark.django_db
def test_the_record_gives_names_and_locations_in_six_queries(running: tuple[Stage, Partnership, Award]) -> None:
    stage, partnership, award = running
    SubAward.objects.create(award=award, recipient=NETWORK, purpose="Beds", amount=1)
    other = stage.draft("GHA")
    Activity.objects.create(
        partnership=other,
        objective=other.objectives.earliest("pk"),
        title="Open it",
        planned_start=START,
        planned_end=END,
        place="12 Sample Road",
        implementer="Sample Village Group",
    )
    with CaptureQueriesContext(
        connection,
    ) as queries:
        outside = outside_of([partnership.pk, other.pk])
    assert len(queries) == 6
    assert outside.name(partnership.pk, award.recipient) == "Implementer 1"
    assert outside.name(partnership.pk, NETWORK) == "Implementer 2"
    assert outside.name(other.pk, "Sample Village Group") == "Implementer 1"
    assert outside.location(other.pk, "12 Sample Road") == "Location withheld"
    assert outside.is_withheld(partnership.pk, NETWORK)
    assert not outside.is_withheld(other.pk, NETWORK)


@pytest.mark.django_db
def test_the_newest_determination_holds_and_a_proposal_to_withhold_holds_already(
    running: tuple[Stage, Partnership, Award],
) -> None:
    stage, partnership, award = running
    name = award.recipient

    def shown() -> str:
        return outside_of([partnership.pk]).name(partnership.pk, name)

    propose(stage.analyst, partnership, name)
    assert shown() == "Implementer 1"
    determine(stage, partnership, name)
    assert shown() == name
    propose(stage.analyst, partnership, name, effect="withhold", ground="safety", prints_instead="A partner")
    assert shown() == "A partner"
    withhold(stage, partnership, name)
    determine(stage, partnership, name.upper(), review_on=date(2091, 1, 1))
    assert shown() == "A partner"  # the open proposal
    Award.objects.filter(pk=award.pk).update(recipient="Renamed Sample Institute")
    assert outside_of([partnership.pk]).is_withheld(partnership.pk, "Renamed Sample Institute")


@pytest.mark.django_db
def test_only_who_runs_partnerships_sees_what_is_withheld(running: tuple[Stage, Partnership, Award]) -> None:
    _, partnership, award = running
    seeing = {role: sees_withheld(make_account(role, username=f"one-{role}")) for role in Role}
    assert {role for role, sees in seeing.items() if sees} == {Role.ANALYST, Role.APPROVER}
    viewer, analyst = (make_account(role, username=f"another-{role}") for role in (Role.VIEWER, Role.ANALYST))
    assert seen_by(viewer, [partnership.pk]).name(partnership.pk, award.recipient) == "Implementer 1"
    assert seen_by(analyst, [partnership.pk]).name(partnership.pk, award.recipient) == award.recipient
