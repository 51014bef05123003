"""The scenario in addresses: an analyst's own, shared by link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from tests.support.accounts import make_account
from tests.support.scenarios import keep
from tests.worlds.small_world import World


def _shared(_world: World) -> Mapping[str, Any]:
    analyst = User.objects.filter(role=Role.ANALYST, is_active=True).first() or make_account(Role.ANALYST)
    return {"key": keep(analyst).key}


SCENARIOS = dict.fromkeys(("scenario", "scenario-share", "scenario-withdraw"), _shared)
"""By the name of the address."""
