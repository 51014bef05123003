"""Search across all apps: each registers a provider that searches what the account may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from cpc.accounts.permissions import Permission
from cpc.registry import Registry, permitted

MINIMUM_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """A search result.

    `meta` is one line that distinguishes records with the same title.
    """

    title: str
    url: str
    meta: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """A kind of record that search can find, with its plural `label`.

    `find(query, user)` returns only hits that `user` may see, best first.
    """

    label: str
    find: Callable[[str, Any], Sequence[Hit]]
    permission: Permission | None = None
    order: int = 100


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    hits: Sequence[Hit]


providers: Registry[Provider] = Registry(key=lambda provider: provider.label)
register = providers.add


def search(request: HttpRequest, query: str) -> list[Group]:
    """Return groups with at least one hit, in order; none for a query shorter than `MINIMUM_LENGTH`."""
    if len(query) < MINIMUM_LENGTH:
        return []
    groups = [
        Group(provider.label, provider.find(query, request.user))
        for provider in providers.sorted(lambda provider: (provider.order, provider.label))
        if permitted(request, provider)
    ]
    return [group for group in groups if group.hits]


def labels(request: HttpRequest) -> list[str]:
    items = providers.sorted(lambda provider: (provider.order, provider.label))
    return [item.label for item in items if permitted(request, item)]
