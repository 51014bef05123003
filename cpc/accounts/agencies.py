"""Agencies that an account represents."""

from __future__ import annotations

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission


def own_agencies(user: User) -> frozenset[int]:
    """Return the keys of the agencies that a reviewer represents: their own and those it succeeded.

    Return an empty set for any other account.
    """
    if not user.allows(Permission.CONSULT) or user.agency_id is None:
        return frozenset()
    before: dict[int | None, set[int]] = {}
    for old, new in Agency.objects.filter(successor__isnull=False).values_list("pk", "successor_id"):
        before.setdefault(new, set()).add(old)
    agencies, front = {user.agency_id}, {user.agency_id}
    while front:
        front = set().union(*(before.get(key, set()) for key in front)) - agencies
        agencies |= front
    return frozenset(agencies)
