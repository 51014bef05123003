"""Entries on sustainability: stored values, entries of the audit trail, and whose rows they may name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from partnerships.models import Objective, Participant, Risk, SustainabilityMeasure
from partnerships.sustainability.services import add_entry, edit_entry
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.worlds.partnerships.build import Active

DAY = date(2024, 5, 14)


def measure(active: Active, **values: Any) -> SustainabilityMeasure:
    row: dict[str, Any] = {
        "partnership": active.partnership,
        "kind": "budget",
        "text": "A budget line",
        "owner": active.partnership.participants.order_by("pk")[0],
        "review_on": DAY,
    }
    return SustainabilityMeasure(**row | values)


@pytest.fixture
def of_another(active: Active) -> dict[str, Any]:
    """Return an office and an objective of another partnership, by the columns that name them."""
    other = active.stage.draft("TGO")
    return {
        "owner": Participant.objects.filter(partnership=other)[0],
        "objective": Objective.objects.get(partnership=other),
    }


def test_an_entry_is_added_and_changed_with_who_did_it(active: Active) -> None:
    entry = add_entry(entry=measure(active), actor=active.stage.analyst)
    values = {
        "partnership": active.partnership.pk,
        "kind": "budget",
        "text": "A budget line",
        "owner": entry.owner_id,
        "review_on": "2024-05-14",
        "status": "planned",
    }
    assert trail(entry) == [("analyst", "created", None, values)]
    revision = entry.current_revision()
    edit_entry(entry=entry, values={"text": "Two"}, actor=active.stage.approver, expected_revision=revision)
    assert trail(entry)[1:] == [("approver", "changed", {"text": "A budget line"}, {"text": "Two"})]
    with pytest.raises(EditConflict):
        edit_entry(entry=entry, values={"text": "Three"}, actor=active.stage.analyst, expected_revision=revision)


@pytest.mark.parametrize("column", ["owner", "objective"])
def test_an_entry_names_rows_of_its_own_partnership(active: Active, of_another: dict[str, Any], column: str) -> None:
    foreign = {column: of_another[column]}
    assert refusals(lambda: add_entry(entry=measure(active, **foreign), actor=active.stage.analyst)) == {column: column}
    entry = add_entry(entry=measure(active), actor=active.stage.analyst)
    assert refusals(lambda: edit_entry(entry=entry, values=foreign, actor=active.stage.analyst)) == {column: column}
    own = {"owner": active.partnership.participants.order_by("-pk")[0]}
    assert edit_entry(entry=entry, values=own, actor=active.stage.analyst).owner == own["owner"]


def test_other_roles_change_no_entry(active: Active) -> None:
    entry = add_entry(entry=measure(active), actor=active.stage.analyst)
    viewer = make_account(Role.VIEWER)
    with pytest.raises(PermissionDenied):
        add_entry(entry=Risk(partnership=active.partnership), actor=viewer)
    with pytest.raises(PermissionDenied):
        edit_entry(entry=entry, values={"text": "Two"}, actor=viewer)
