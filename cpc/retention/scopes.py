"""Kinds of records that a legal hold covers, as apps register them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cpc.database.holds import OFFICE
from cpc.registry import Registry
from cpc.retention.models import SCOPES

WHOLE_OFFICE = "The whole office"


@dataclass(frozen=True, slots=True)
class HoldScope:
    """A kind of record: its scope, as in `SCOPES`, its records by key and name, and the URL of one."""

    scope: str
    title: str
    records: Callable[[], Iterable[tuple[int, str]]]
    url: Callable[[int], str]


HOLD_SCOPES: Registry[HoldScope] = Registry(key=lambda one: one.scope)


def choices() -> list[tuple[str, object]]:
    """Return everything that a hold can cover, as choices of a form, by kind."""
    found: list[tuple[str, object]] = [(OFFICE, WHOLE_OFFICE)]
    for one in HOLD_SCOPES.sorted(lambda scope: [name for name, _ in SCOPES].index(scope.scope)):
        records = [(f"{one.scope}:{key}", name) for key, name in one.records()]
        if records:
            found.append((one.title, records))
    return found
