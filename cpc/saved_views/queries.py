"""Saved views that a person may see, each in the version that counts for that person."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.saved_views.models import Audience, Outcome, SavedView, SavedViewVersion
from cpc.web.lists import NamedView


def versions_for(user: User) -> QuerySet[SavedViewVersion]:
    """Return the versions in effect that an account may see: its own, and those that are shared with it."""
    seen = Q(view__owner=user) | Q(outcome=Outcome.CONSENTED)
    if user.allows(Permission.SHARE_VIEWS):
        seen |= Q(audience=Audience.OFFICE)
    current = SavedViewVersion.objects.filter(seen, superseded_at=None, view__withdrawn_at=None)
    return current.select_related("view__owner", "made_by", "decided_by")


def newest_of_each(versions: Sequence[SavedViewVersion], user: User) -> list[SavedViewVersion]:
    """Return the version of each view that counts: for its owner the newest, unless that was refused.

    A refused one counts for its owner alone, if no earlier one is in effect.
    """
    found: dict[int, SavedViewVersion] = {}
    for version in sorted(versions, key=lambda row: (row.outcome != Outcome.REFUSED, row.pk)):
        if version.is_shared or version.view.owner_id == user.pk:
            found[version.view_id] = version
    return sorted(found.values(), key=lambda row: (not row.is_shared, row.view.name.casefold(), row.pk))


def named(version: SavedViewVersion, user: User) -> NamedView:
    view = version.view
    is_own = view.owner_id == user.pk
    is_refused = version.outcome == Outcome.REFUSED
    return NamedView(
        pk=view.pk,
        name=view.name,
        parameters=version.parameters,
        audience=version.audience if version.is_shared else Audience.PRIVATE.value,
        owner=str(view.owner),
        is_own=is_own,
        may_change=is_own or user.allows(Permission.MANAGE_PEOPLE),
        is_waiting=version.is_waiting,
        refused=version.reason if is_refused else "",
    )


def views_of(user: User, key: str) -> list[NamedView]:
    """Return the views of a list that an account may see, the shared ones first. One query."""
    versions = newest_of_each(list(versions_for(user).filter(view__list_key=key)), user)
    return [named(version, user) for version in versions]


def all_views(user: User) -> list[SavedViewVersion]:
    """Return the views of all lists that an account may see, by the name of the list."""
    versions = newest_of_each(list(versions_for(user)), user)
    return sorted(versions, key=lambda row: row.view.list_key)


def find_version(user: User, pk: int) -> SavedViewVersion | None:
    """Return the version of a view that counts for an account, or None if it may not see the view."""
    return next(iter(newest_of_each(list(versions_for(user).filter(view=pk)), user)), None)


def current_revision(view: SavedView) -> str:
    """Return the key of the newest version of a view, by which a form notices that another was made meanwhile."""
    return str(view.versions.values_list("pk", flat=True).first() or "")


def waiting() -> QuerySet[SavedViewVersion]:
    """Return the versions that wait for the consent of an approver."""
    return SavedViewVersion.objects.filter(
        audience=Audience.EVERYONE, outcome="", superseded_at=None, view__withdrawn_at=None
    )
