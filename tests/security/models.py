"""The things in addresses of scoring models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from selection.models import ScoringModel
from tests.support.accounts import make_account
from tests.support.models import lighter
from tests.worlds.small_world import World


def _model(**more: str) -> Callable[[World], Mapping[str, Any]]:
    """A draft of the scoring model, and further arguments."""

    def arguments(_world: World) -> Mapping[str, Any]:
        analyst = User.objects.filter(role=Role.ANALYST, is_active=True).first() or make_account(Role.ANALYST)
        found = ScoringModel.objects.filter(state="draft").first() or lighter(analyst)
        return {"pk": found.pk, **more}

    return arguments


MODELS: Mapping[str, Callable[[World], Mapping[str, Any]]] = {
    "model": _model(),
    "model-compare": _model(),
    "model-export": _model(),
    "model-clone": _model(),
    "model-publish": _model(),
    "model-withdraw": _model(),
    "model-settings": _model(),
    "model-weights": _model(key="governance"),
    "model-method": _model(),
    "model-estimate": _model(key="child_labour"),
    "model-row-new": _model(kind="nodes"),
    "model-row": _model(kind="criteria", key="cpi"),
    "model-row-move": _model(kind="criteria", key="cpi"),
    "model-row-remove": _model(kind="criteria", key="cpi"),
}
"""By the name of the address."""
