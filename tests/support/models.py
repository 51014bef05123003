"""Versions of the scoring model, created only through the services."""

from __future__ import annotations

import json
from typing import Any

from cpc.accounts.models import User
from selection.model_definition.editing import Change, find, with_row
from selection.model_definition.model_json import written
from selection.model_versions.services import versions as versions_services
from selection.models import ScoringModel

WHY = "The Corruption Perceptions Index weighs less."


def shipped() -> ScoringModel:
    """Return the version that is published before any draft exists."""
    return ScoringModel.objects.get(key="cpc-default", state="published")


def exported(model: ScoringModel) -> dict[str, Any]:
    """Return a version as plain data, in the form of its export."""
    data: dict[str, Any] = json.loads(written(model.table))
    return data


def weighing(model: ScoringModel, key: str, weight: float) -> Change:
    """Return a change of one criterion's weight."""
    return with_row("criteria", key, {**find(model.table, "criteria", key), "weight": weight})


def draft(analyst: User, *, of: ScoringModel | None = None, note: str = WHY) -> ScoringModel:
    """Create a draft that is a clone of a version."""
    return versions_services.clone_model(model=of or shipped(), note=note, actor=analyst)


def lighter(analyst: User) -> ScoringModel:
    """Create a draft in which the Corruption Perceptions Index has 3 points of its node instead of 6."""
    found = draft(analyst)
    return versions_services.edit_model(
        model=found, change=weighing(found, "cpi", 3), actor=analyst, expected_revision=found.current_revision()
    )


def versions(analyst: User) -> dict[str, ScoringModel]:
    """Create a published version, a withdrawn version, and a draft that changes the ranks of countries."""
    gone = versions_services.withdraw_model(
        model=draft(analyst), reason="The weights were agreed otherwise.", actor=analyst
    )
    moving = draft(analyst, note="Prevalence weighs less against child labor. Sample of a draft.")
    moving = versions_services.edit_model(
        model=moving,
        change=weighing(moving, "prevalence", 15),
        actor=analyst,
        expected_revision=moving.current_revision(),
    )
    moving = versions_services.edit_model(
        model=moving,
        change=with_row("nodes", "", {**find(moving.table, "nodes", "fit"), "key": "later", "label": "Added later"}),
        actor=analyst,
        expected_revision=moving.current_revision(),
    )
    return {"published": shipped(), "withdrawn": gone, "draft": moving}
