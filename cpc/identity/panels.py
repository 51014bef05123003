"""Parts of the page of an account's security that other rooms add."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from cpc.accounts.models import User
from cpc.registry import Registry


@dataclass(frozen=True, slots=True)
class SecurityPanel:
    """A panel below those of the factors: a template, which gets what `context` returns as `panel`."""

    key: str
    order: int
    template: str
    context: Callable[[HttpRequest], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class WayIn:
    """A row of "Other ways in": its label and what `value` returns for the account of a request, None for no row.

    `is_factor` returns whether it protects an account as a passkey or code does.
    """

    key: str
    order: int
    label: str
    value: Callable[[HttpRequest], SafeString | str | None]
    is_factor: Callable[[User], bool] = lambda _user: False


PANELS: Registry[SecurityPanel] = Registry(key=lambda panel: panel.key)
WAYS_IN: Registry[WayIn] = Registry(key=lambda way: way.key)


def shown_panels(request: HttpRequest) -> list[tuple[str, Mapping[str, Any]]]:
    return [(panel.template, panel.context(request)) for panel in PANELS.sorted(by=lambda panel: panel.order)]


def other_ways_in(request: HttpRequest) -> list[tuple[str, SafeString | str]]:
    rows = ((way.label, way.value(request)) for way in WAYS_IN.sorted(by=lambda way: way.order))
    return [(label, value) for label, value in rows if value is not None]


def has_other_factor(user: User) -> bool:
    """Return whether a way in besides passkeys and codes protects an account."""
    return any(way.is_factor(user) for way in WAYS_IN)
