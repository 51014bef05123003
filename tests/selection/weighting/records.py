"""Records of the small world for URLs of exercises and of the consultation on criteria."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from cpc.accounts.permissions import Role
from selection.criteria_consultation.services import ask_on_criteria
from selection.models import CriteriaRequest, WeightingExercise
from tests.selection.records import somebody
from tests.support.models import shipped
from tests.support.weighing import opened
from tests.worlds.small_world import World


def exercise(_world: World) -> Mapping[str, Any]:
    """Return the key of an open exercise that asks an analyst, an approver, and an agency, none of which answered."""
    found = WeightingExercise.objects.open().first()
    if found is None:
        analyst, reviewer = somebody(Role.ANALYST), somebody(Role.REVIEWER)
        assert reviewer.agency is not None
        found = opened(analyst, people=[analyst, somebody(Role.APPROVER)], asked=[reviewer.agency])
    return {"pk": found.pk}


def criteria_request(_world: World) -> Mapping[str, Any]:
    """Return the key of a request to the reviewer's agency on the criteria of the published version."""
    reviewer = somebody(Role.REVIEWER)
    assert reviewer.agency is not None
    found = CriteriaRequest.objects.filter(agency=reviewer.agency, superseded_at=None).first()
    if found is None:
        due = timezone.now().date() + dt.timedelta(days=14)
        actor = somebody(Role.ANALYST)
        found = ask_on_criteria(model=shipped(), agencies=[reviewer.agency], due_on=due, actor=actor)[0]
    return {"pk": found.pk}
