"""Main navigation.

Each app registers its items in `AppConfig.ready`, so the kernel names no app.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.registry import Registry, permitted


@dataclass(frozen=True, slots=True)
class NavItem:
    """One item in the header.

    `permission` is None for every signed-in account.
    """

    label: str
    url_name: str
    permission: Permission | None = None
    order: int = 100


@dataclass(frozen=True, slots=True)
class NavLink:
    """An item as the header shows it: `current` is "page" on its own page, "true" below it, else empty."""

    label: str
    url: str
    current: str


header: Registry[NavItem] = Registry(key=lambda item: item.url_name)
footer: Registry[NavItem] = Registry(key=lambda item: item.url_name)
register = header.add
register_footer = footer.add
_below: dict[str, str] = {}


def cover(name: str, url_name: str) -> None:
    """Mark the item `url_name` as the current one on the page `name`, which may be another app's."""
    _below[name] = url_name


def covered(url_name: str) -> set[str]:
    """Return the names of the pages on which the item `url_name` is the current one, besides its own."""
    return {name for name, item in _below.items() if item == url_name}


def links(request: HttpRequest, registry: Registry[NavItem] = header) -> list[NavLink]:
    """Return the items that this account may see, in order, with the current one marked; empty for a visitor."""
    items = [item for item in registry.sorted(lambda item: (item.order, item.label)) if permitted(request, item)]
    urls = {item: reverse(item.url_name) for item in items}
    here = _current(request, urls)
    return [
        NavLink(item.label, urls[item], ("page" if request.path == urls[item] else "true") if item is here else "")
        for item in items
    ]


def _current(request: HttpRequest, urls: dict[NavItem, str]) -> NavItem | None:
    """Return the item that covers this view, else the one with the longest URL above this page."""
    match = request.resolver_match
    for item in urls:
        if match is not None and item.url_name in (match.view_name, _below.get(match.view_name)):
            return item
    above = [item for item, url in urls.items() if url != "/" and request.path.startswith(url)]
    return max(above, key=lambda item: len(urls[item]), default=None)
