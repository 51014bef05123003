"""Contribution of the ranking to the page of an update."""

from __future__ import annotations

from indicators.services import UpdateEffects, register_update_effects
from selection.update_effect.services import ask
from selection.update_effect.views import effect_parts


def register() -> None:
    register_update_effects(UpdateEffects("ranking", ask, effect_parts))
