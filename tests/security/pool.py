"""The things in addresses of the pool and of adoptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from selection.lookups.adoptions import adoption_of
from selection.model_versions.services import adoptions as adoptions_services
from tests.support import pool
from tests.support.accounts import make_account
from tests.support.models import shipped
from tests.worlds.small_world import World


def _somebody(role: Role) -> User:
    return User.objects.filter(role=role, is_active=True).first() or make_account(role)


def _policy(_world: World) -> Mapping[str, Any]:
    return {"pk": pool.open_policy(_somebody(Role.ANALYST)).pk}


def _admission(_world: World) -> Mapping[str, Any]:
    return {"pk": pool.open_admission(_somebody(Role.ANALYST), "GHA").pk}


def _admitted(_world: World) -> Mapping[str, Any]:
    return {"pk": pool.admitted(_somebody(Role.ANALYST), _somebody(Role.APPROVER), "XKX").pk}


def _adopted(_world: World) -> Mapping[str, Any]:
    return {"pk": pool.adopted(_somebody(Role.APPROVER)).model_id}


def _not_adopted(_world: World) -> Mapping[str, Any]:
    if adoption := adoption_of(shipped()):
        adoptions_services.withdraw_adoption(adoption=adoption, reason="A sample", actor=_somebody(Role.APPROVER))
    return {"pk": shipped().pk}


POOL = {
    "pool-policy-new": lambda world: {"reason": "high_income"},
    "pool-policy-decide": _policy,
    "pool-admission-decide": _admission,
    "pool-admission-end": _admitted,
    "model-adopt": _not_adopted,
    "model-adoption-withdraw": _adopted,
}
"""By the name of the address."""
