"""Registries that apps fill in `AppConfig.ready`: one ordered list per kind of extension."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, Protocol, TypeVar

from django.http import HttpRequest

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission

Item = TypeVar("Item")


class Guarded(Protocol):
    """An item that only accounts with a permission see.

    None means every signed-in account.
    """

    @property
    def permission(self) -> Permission | None:
        pass


class Registry(Generic[Item]):
    """Items by key. Adding two items with the same key is a programming error and raises an exception."""

    def __init__(self, key: Callable[[Item], Hashable]) -> None:
        self._key = key
        self._items: dict[Hashable, Item] = {}

    def add(self, item: Item) -> Item:
        """Register `item`; raise `ValueError` if its key is taken."""
        key = self._key(item)
        if key in self._items:
            raise ValueError(f"{key!r} is already registered; register each item once.")
        self._items[key] = item
        return item

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())

    def get(self, key: Hashable) -> Item | None:
        return self._items.get(key)

    def sorted(self, by: Callable[[Item], Any]) -> list[Item]:
        return sorted(self._items.values(), key=by)

    @contextmanager
    def only(self, *items: Item) -> Iterator[None]:
        """Replace the content for a while, to show or test a page with known items."""
        saved, self._items = self._items, {self._key(item): item for item in items}
        try:
            yield
        finally:
            self._items = saved


def permitted(request: HttpRequest, item: Guarded) -> bool:
    """Return whether the account of this request may see the item; always False for a visitor."""
    user = getattr(request, "user", None)  # absent where a request failed before authentication
    return user is not None and user.is_authenticated and permitted_to(user, item)


def permitted_to(user: User, item: Guarded) -> bool:
    """Return whether an account may see the item."""
    if not user.allows(Permission.USE_PAGES) and item.permission != Permission.USE_API:
        return False  # an account of a program could not follow the link
    return item.permission is None or bool(user.allows(item.permission))
